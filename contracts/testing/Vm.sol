// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The few cheat codes of the test runner that the tests use.
// solhint-disable-next-line interface-starts-with-i
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function prank(address caller) external;
    function store(address target, bytes32 slot, bytes32 value) external;
    function load(address target, bytes32 slot) external view returns (bytes32 value);
    function expectRevert(bytes calldata data) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);
    function assume(bool condition) external pure;
    function warp(uint256 timestamp) external;
    /// @notice The time after a warp. The optimiser may read `block.timestamp` once for a whole call, before the warp.
    function getBlockTimestamp() external view returns (uint256 timestamp);
    function chainId(uint256 id) external;
    function addr(uint256 key) external pure returns (address account);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool success);
    function revertToStateAndDelete(uint256 id) external returns (bool success);
    function etch(address target, bytes calldata code) external;
    function envOr(string calldata name, string calldata fallback_) external view returns (string memory value);
    function toString(uint256 value) external pure returns (string memory text);
    function toString(bytes32 value) external pure returns (string memory text);
    function writeLine(string calldata path, string calldata line) external;
}

/// @notice What every Solidity test inherits: the cheat codes and the assertions that the tests need.
abstract contract TestBase {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Assertion_NotEqual(string what, bytes32 actual, bytes32 expected);

    function assertEqual(string memory what, uint256 actual, uint256 expected) internal pure {
        assertEqual(what, bytes32(actual), bytes32(expected));
    }

    function assertEqual(string memory what, bytes32 actual, bytes32 expected) internal pure {
        if (actual != expected) revert Assertion_NotEqual(what, actual, expected);
    }

    function assertEqual(string memory what, address actual, address expected) internal pure {
        assertEqual(what, uint160(actual), uint160(expected));
    }

    /// @dev `value` brought into `[low, high]`; every value of the range is about equally likely.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }

    /// @dev Asserts that `call` by `caller` reverts with exactly `data`.
    function assertReverts(address caller, address target, bytes memory call, bytes memory data) internal {
        vm.prank(caller);
        (bool success, bytes memory answer) = target.call(call);
        assertTrue("it reverts", !success);
        assertEqual("with", keccak256(answer), keccak256(data));
    }

    function assertTrue(string memory what, bool claim) internal pure {
        if (!claim) revert Assertion_NotEqual(what, bytes32(0), bytes32(uint256(1)));
    }
}
