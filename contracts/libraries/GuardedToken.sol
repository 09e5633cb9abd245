// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title GuardedToken
/// @notice Token movements that answer instead of reverting, and whose answer the caller of a transaction cannot
/// influence: the token gets the same gas whoever calls. Too little gas reverts, so it never passes for a refusal of
/// the token.
library GuardedToken {
    /// @dev What a movement gets: many times what a vetted token needs (about 30,000), and all that a hostile one can burn.
    uint256 private constant CALL_GAS = 300_000;
    /// @dev What must be left to write down the outcome: two new slots and an event.
    uint256 private constant RESERVED_GAS = 60_000;

    /// @notice Too little gas to try a movement fairly.
    error GuardedToken_GasTooLow(uint256 gasLeft, uint256 gasNeeded);

    /// @dev Whether `token` moved `amount` from this contract to `to`.
    function tryTransfer(IERC20 token, address to, uint256 amount) internal returns (bool moved) {
        return _tryCall(token, abi.encodeCall(IERC20.transfer, (to, amount)));
    }

    /// @dev Whether `token` moved `amount` between two others, on the allowance of this contract.
    function tryTransferFrom(
        IERC20 token,
        address from,
        address to,
        uint256 amount
    ) internal returns (bool moved) {
        return _tryCall(token, abi.encodeCall(IERC20.transferFrom, (from, to, amount)));
    }

    /// @dev Success is: no revert, and either no answer (older tokens) or the word `true`. The token was checked to
    /// have code.
    function _tryCall(IERC20 token, bytes memory data) private returns (bool moved) {
        // An inner call gets at most 63/64 of what is left.
        uint256 gasNeeded = (CALL_GAS * 64) / 63 + RESERVED_GAS;
        if (gasleft() < gasNeeded) revert GuardedToken_GasTooLow(gasleft(), gasNeeded);
        uint256 callGas = CALL_GAS;
        bool success;
        uint256 size;
        uint256 word;
        // In plain Solidity: (success, answer) = address(token).call{gas: CALL_GAS}(data). Only the first word of the
        // answer is copied, so that a long one costs its sender and not us.
        assembly ("memory-safe") {
            success := call(callGas, token, 0, add(data, 32), mload(data), 0, 32)
            size := returndatasize()
            word := mload(0)
        }
        return success && (size == 0 || (size >= 32 && word == 1));
    }
}
