// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPaymentLedger} from "../interfaces/IPaymentLedger.sol";
import {PaymentLedger} from "../PaymentLedger.sol";
import {CallCounts} from "./CallCounts.sol";
import {TestBase, Vm} from "./Vm.sol";

/// @notice Makes random calls to a ledger in the roles of four writers, the admin and strangers, and keeps the fold of the
/// events it saw. Each call asserts what may have changed.
contract LedgerHandler is TestBase, CallCounts {
    uint256 public constant WRITERS = 4;

    PaymentLedger public immutable ledger;
    address private _admin = address(0xA11CE);

    mapping(uint256 index => bytes28 streamHash) public eventHash;
    mapping(uint256 index => uint256 count) public eventCount;

    constructor() {
        ledger = new PaymentLedger({adminDelay: 0, admin: address(0xA11CE), writer: writerAt(0)});
        for (uint256 i = 1; i < WRITERS; ++i) _setRole(i, true);
    }

    function writerAt(uint256 index) public pure returns (address) {
        return address(uint160(0x1000 + index));
    }

    /// @notice A batch in turn, from a holder of the role.
    function append(uint256 writerSeed, uint256 sizeSeed, uint256 seed) external counted("append") {
        uint256 index = _holderFrom(writerSeed);
        bytes32 others = _fingerprint(index);
        bytes memory entries = _entries(sizeSeed % 8 + 1, seed);
        assertTrue("CL6 accepted", _tryAppend(writerAt(index), uint32(eventCount[index]), entries));
        assertEqual("CL4 other streams", _fingerprint(index), others);
        _tookEffect("append");
    }

    /// @notice The same batch in one and, from the same head, entry by entry: both give one head. The second way stays.
    function appendOneByOne(uint256 writerSeed, uint256 sizeSeed, uint256 seed) external counted("appendOneByOne") {
        uint256 index = _holderFrom(writerSeed);
        uint256 size = sizeSeed % 4 + 2;
        uint256 before = vm.snapshotState();
        assertTrue("in one", _tryAppend(writerAt(index), uint32(eventCount[index]), _entries(size, seed)));
        bytes32 expected = _fingerprint(WRITERS);
        vm.revertToStateAndDelete(before);
        for (uint256 i = 0; i < size; ++i) {
            assertTrue("by itself", _tryAppend(writerAt(index), uint32(eventCount[index]), _entry(seed, i)));
        }
        assertEqual("CL3 one head", _fingerprint(WRITERS), expected);
        _tookEffect("appendOneByOne");
    }

    /// @notice A batch with a wrong expected count, an old one included.
    function appendOutOfTurn(
        uint256 writerSeed,
        uint32 expectedCount,
        uint256 seed
    ) external counted("appendOutOfTurn") {
        uint256 index = writerSeed % WRITERS;
        uint256 count = eventCount[index];
        if (expectedCount % 2 == 0 && count > 0) expectedCount = uint32(expectedCount % count);
        if (expectedCount == count) expectedCount += 1;
        bytes32 before = _fingerprint(WRITERS);
        assertTrue("CL2 refused", !_tryAppend(writerAt(index), expectedCount, _entries(2, seed)));
        assertEqual("CL2 nothing changed", _fingerprint(WRITERS), before);
    }

    /// @notice Roles come and go; no stream moves, and whoever lost the role is refused in turn.
    function toggleRole(uint256 writerSeed, uint256 seed) external counted("toggleRole") {
        bytes32 before = _fingerprint(WRITERS);
        uint256 index = writerSeed % WRITERS;
        bool isHolder = _isHolder(index);
        _setRole(index, !isHolder);
        if (isHolder) {
            bool accepted = _tryAppend(writerAt(index), uint32(eventCount[index]), _entries(1, seed));
            assertTrue("CL6 refused without the role", !accepted);
        }
        assertEqual("CL5 role changes move no stream", _fingerprint(WRITERS), before);
        _tookEffect("toggleRole");
    }

    /// @notice The admin's role goes to another account; no stream moves.
    function handOverAdmin(uint160 successorSeed) external counted("handOverAdmin") {
        bytes32 before = _fingerprint(WRITERS);
        address successor = address(uint160(0xA000 + (successorSeed % 1000)));
        vm.prank(_admin);
        ledger.beginDefaultAdminTransfer(successor);
        (, uint48 schedule) = ledger.pendingDefaultAdmin();
        vm.warp(uint256(schedule) + 1);
        vm.prank(successor);
        ledger.acceptDefaultAdminTransfer();
        _admin = successor;
        assertEqual("CL5 a new admin moves no stream", _fingerprint(WRITERS), before);
        _tookEffect("handOverAdmin");
    }

    /// @notice Any call data whatever, from the admin or a stranger.
    function callAnything(
        bool asAdmin,
        bytes4 selector,
        bytes calldata arguments,
        uint32 expectedCount
    ) external counted("callAnything") {
        bytes32 before = _fingerprint(WRITERS);
        address caller = asAdmin ? _admin : address(0xDEAD);
        bytes4[4] memory known = [
            ledger.append.selector,
            ledger.streamHead.selector,
            ledger.supportsInterface.selector,
            selector
        ];
        bytes4 chosen = known[expectedCount % 4];
        bool movesAdmin = asAdmin && (chosen == ledger.renounceRole.selector || chosen == ledger.grantRole.selector);
        if (movesAdmin || chosen == ledger.beginDefaultAdminTransfer.selector) return;
        vm.prank(caller);
        (bool success, ) = address(ledger).call(
            chosen == ledger.append.selector
                ? abi.encodeCall(ledger.append, (expectedCount, arguments))
                : abi.encodePacked(chosen, arguments)
        );
        assertTrue("CL5 append needs the role", !success || chosen != ledger.append.selector);
        assertEqual("CL5 no stream moved", _fingerprint(WRITERS), before);
    }

    function _tryAppend(address writer, uint32 expectedCount, bytes memory entries) private returns (bool accepted) {
        vm.recordLogs();
        vm.prank(writer);
        try ledger.append({expectedCount: expectedCount, entries: entries}) {
            accepted = true;
        } catch {
            accepted = false;
        }
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEqual("CL1 events are exactly the batch", logs.length, accepted ? entries.length / 64 : 0);
        for (uint256 i = 0; i < logs.length; ++i) _fold(logs[i]);
    }

    function _fold(Vm.Log memory log) private {
        assertEqual("event", log.topics[0], IPaymentLedger.EntryAppended.selector);
        uint256 index = uint256(log.topics[2]) - 0x1000;
        eventHash[index] = bytes28(keccak256(abi.encodePacked(eventHash[index], log.topics[1], log.data)));
        eventCount[index] += 1;
    }

    function _isHolder(uint256 index) private view returns (bool) {
        return ledger.hasRole(ledger.WRITER_ROLE(), writerAt(index));
    }

    /// @dev The next writer who holds the role; where nobody does, it is given back to one.
    function _holderFrom(uint256 writerSeed) private returns (uint256 index) {
        for (uint256 i = 0; i < WRITERS; ++i) {
            index = (writerSeed % WRITERS + i) % WRITERS;
            if (_isHolder(index)) return index;
        }
        _setRole(index, true);
    }

    function _setRole(uint256 index, bool granted) private {
        bytes32 role = ledger.WRITER_ROLE();
        vm.prank(_admin);
        if (granted) ledger.grantRole(role, writerAt(index));
        else ledger.revokeRole(role, writerAt(index));
    }

    /// @dev All heads but that of `exceptIndex`; pass `WRITERS` for all of them.
    function _fingerprint(uint256 exceptIndex) private view returns (bytes32 result) {
        for (uint256 i = 0; i < WRITERS; ++i) {
            if (i == exceptIndex) continue;
            (bytes28 streamHash, uint32 count) = ledger.streamHead(writerAt(i));
            result = keccak256(abi.encode(result, streamHash, count));
        }
    }

    function _entries(uint256 count, uint256 seed) private pure returns (bytes memory entries) {
        for (uint256 i = 0; i < count; ++i) entries = bytes.concat(entries, _entry(seed, i));
    }

    function _entry(uint256 seed, uint256 index) private pure returns (bytes memory) {
        return bytes.concat(keccak256(abi.encode(seed, index, "key")), keccak256(abi.encode(seed, index)));
    }
}
