// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DemoDollar} from "../tokens/DemoDollar.sol";

/// @notice A token that misbehaves as the test tells it to.
contract HostileToken is DemoDollar {
    enum Manner {
        Proper,
        NoReturnValue,
        ReturnsFalse,
        MovesNothing,
        TakesFee,
        Reenters,
        BurnsGas,
        ReturnsWords,
        Paused
    }

    Manner public manner;
    mapping(address account => bool isBlocked) public blocked;
    address private _target;
    bytes private _call;
    bool public reentryFailed;
    bytes public reentryAnswer;

    error HostileToken_Blocked(address account);
    error HostileToken_Paused();

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    function setBlocked(address account, bool isBlocked) external {
        blocked[account] = isBlocked;
    }

    /// @notice What to call back in the middle of the next movements.
    function setReentry(address target, bytes calldata call_) external {
        manner = Manner.Reenters;
        _target = target;
        _call = call_;
    }

    /// @notice Takes tokens out of an account, as a rebase does.
    function shrink(address account, uint256 amount) external {
        _burn(account, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (_isRefused()) return false;
        bool answer = super.transfer(to, amount);
        _answerOddly();
        return answer;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (_isRefused()) return false;
        bool answer = super.transferFrom(from, to, amount);
        _answerOddly();
        return answer;
    }

    function _update(address from, address to, uint256 amount) internal override {
        bool isMovement = from != address(0) && to != address(0);
        if (!isMovement) return super._update(from, to, amount);
        if (blocked[from]) revert HostileToken_Blocked(from);
        if (blocked[to]) revert HostileToken_Blocked(to);
        if (manner == Manner.Paused) revert HostileToken_Paused();
        if (manner == Manner.Reenters) _reenter();
        if (manner == Manner.MovesNothing) return;
        if (manner == Manner.TakesFee) {
            super._update(from, address(0), amount / 100 + 1);
            amount -= amount / 100 + 1;
        }
        super._update(from, to, amount);
    }

    function _isRefused() private view returns (bool) {
        // The loop never ends: it burns whatever gas it is given.
        while (manner == Manner.BurnsGas) {}
        return manner == Manner.ReturnsFalse;
    }

    function _reenter() private {
        (bool success, bytes memory answer) = _target.call(_call);
        reentryFailed = !success;
        reentryAnswer = answer;
    }

    function _answerOddly() private view {
        if (manner == Manner.NoReturnValue) {
            assembly {
                return(0, 0)
            }
        }
        if (manner == Manner.ReturnsWords) {
            assembly {
                mstore(0, 2)
                return(0, 32)
            }
        }
    }
}
