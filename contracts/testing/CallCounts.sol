// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestBase} from "./Vm.sol";

/// @notice How many calls each function of a handler got in a run of an invariant campaign, and how many of them took
/// effect: changed the state of the contract under test, or of the world that it stands in (time, money, roles).
///
/// A handler inherits this, marks each of its functions with `counted("name")`, and says `_tookEffect("name")` where
/// a call did.
abstract contract CallCounts {
    mapping(bytes32 name => uint256 count) public calls;
    mapping(bytes32 name => uint256 count) public effects;
    bytes32[] private _names;

    modifier counted(bytes32 name) {
        if (calls[name]++ == 0) _names.push(name);
        _;
    }

    /// @notice The functions that were called in this run.
    function countedNames() external view returns (bytes32[] memory) {
        return _names;
    }

    function _tookEffect(bytes32 name) internal {
        ++effects[name];
    }
}

/// @notice What a test of invariants inherits to have its handler's counts written down after each run, for
/// `scripts/contracts/invariant-counts.ts`, which sums them over all runs and holds them to their goals. Without its
/// environment variable, as in an ordinary test run, nothing is written.
///
/// A test says what is counted by `function counted() internal view override returns (string memory, CallCounts)`:
/// the name of the contract under test, and the handler.
abstract contract CountedInvariants is TestBase {
    /// @notice The test runner calls this after each run.
    function afterInvariant() external {
        string memory folder = vm.envOr("INVARIANT_COUNTS", "");
        if (bytes(folder).length == 0) return;
        (string memory contractName, CallCounts handler) = counted();
        bytes32[] memory names = handler.countedNames();
        string memory line = "";
        for (uint256 i = 0; i < names.length; ++i) {
            line = string.concat(line, _record(names[i], handler.calls(names[i]), handler.effects(names[i])));
        }
        vm.writeLine(string.concat(folder, "/", contractName, ".txt"), line);
    }

    function counted() internal view virtual returns (string memory contractName, CallCounts handler);

    /// @dev Each record is closed in itself, because runs may write at the same time.
    function _record(bytes32 name, uint256 calls, uint256 effects) private pure returns (string memory) {
        return string.concat("[", vm.toString(name), " ", vm.toString(calls), " ", vm.toString(effects), "]");
    }
}
