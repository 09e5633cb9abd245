// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPaymentLedger} from "../interfaces/IPaymentLedger.sol";
import {PaymentLedger} from "../PaymentLedger.sol";
import {TestBase, Vm} from "./Vm.sol";

/// @notice Makes random calls to a ledger in the roles of four writers, the admin and strangers, and keeps the fold of the
/// events it saw. Each call asserts what may have changed.
contract LedgerHandler is TestBase {
    uint256 public constant WRITERS = 4;

    PaymentLedger public immutable ledger;
    address private immutable _admin = address(0xA11CE);

    mapping(uint256 index => bytes28 streamHash) public eventHash;
    mapping(uint256 index => uint256 count) public eventCount;

    constructor() {
        ledger = new PaymentLedger({adminDelay: 0, admin: address(0xA11CE), writer: writerAt(0)});
        for (uint256 i = 1; i < WRITERS; ++i) _setRole(i, true);
    }

    function writerAt(uint256 index) public pure returns (address) {
        return address(uint160(0x1000 + index));
    }

    /// @notice A batch in turn: accepted from a holder of the role, refused from anyone else.
    function append(uint256 writerSeed, uint256 sizeSeed, uint256 seed) external {
        uint256 index = writerSeed % WRITERS;
        bool holdsRole = ledger.hasRole(ledger.WRITER_ROLE(), writerAt(index));
        bytes32 others = _fingerprint(index);
        bool accepted = _tryAppend(writerAt(index), uint32(eventCount[index]), _entries(sizeSeed % 8 + 1, seed));
        assertTrue("CL6 accepted exactly with the role", accepted == holdsRole);
        assertEqual("CL4 other streams", _fingerprint(index), others);
    }

    /// @notice A batch with a wrong expected count, an old one included.
    function appendOutOfTurn(uint256 writerSeed, uint32 expectedCount, uint256 seed) external {
        uint256 index = writerSeed % WRITERS;
        uint256 count = eventCount[index];
        if (expectedCount % 2 == 0 && count > 0) expectedCount = uint32(expectedCount % count);
        if (expectedCount == count) expectedCount += 1;
        bytes32 before = _fingerprint(WRITERS);
        assertTrue("CL2 refused", !_tryAppend(writerAt(index), expectedCount, _entries(2, seed)));
        assertEqual("CL2 nothing changed", _fingerprint(WRITERS), before);
    }

    /// @notice Roles come and go; no stream moves.
    function setRole(uint256 writerSeed, bool granted) external {
        bytes32 before = _fingerprint(WRITERS);
        _setRole(writerSeed % WRITERS, granted);
        assertEqual("CL5 role changes move no stream", _fingerprint(WRITERS), before);
    }

    /// @notice Any call data whatever, from the admin or a stranger.
    function callAnything(bool asAdmin, bytes4 selector, bytes calldata arguments, uint32 expectedCount) external {
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
        for (uint256 i = 0; i < count; ++i) {
            entries = bytes.concat(entries, keccak256(abi.encode(seed, i, "key")), keccak256(abi.encode(seed, i)));
        }
    }
}
