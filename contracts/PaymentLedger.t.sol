// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IPaymentLedger} from "./interfaces/IPaymentLedger.sol";
import {PaymentLedger} from "./PaymentLedger.sol";
import {PlainLedger} from "./testing/PlainLedger.sol";
import {TestBase, Vm} from "./testing/Vm.sol";

/*
constructor
├── it grants the admin role and the writer role, and nothing to the deployer
└── it sets the delay of an admin hand-over
append
├── given the caller is no writer                    -> it reverts with AccessControlUnauthorizedAccount
├── given the caller is the admin                    -> it reverts with AccessControlUnauthorizedAccount
├── given the caller's role was revoked              -> it reverts; the stream stays readable
└── given the caller is a writer
    ├── when the batch is empty                      -> it reverts with LengthInvalid
    ├── when the batch ends inside an entry          -> it reverts with LengthInvalid (both values)
    ├── when the expected count is not the count     -> it reverts with CountMismatch (both values)
    ├── when the same batch is sent again            -> it reverts with CountMismatch
    ├── when the stream would pass 2^32 - 1 entries  -> it reverts with StreamFull (both values)
    ├── when the stream is filled exactly            -> it is accepted
    └── when the batch is next
        ├── it moves the head by exactly its entries, as the plain model does
        ├── it emits the plain model's events in order
        ├── it leaves other writers' streams alone
        └── it gives the same head as its entries one by one
streamHead
├── given no entry                                   -> it answers zero
└── it answers the packed slot of the frozen storage layout
WRITER_ROLE
├── it is granted by the admin to several writers
├── it is not granted by a writer                    -> it reverts
└── given the admin role was handed over             -> the new admin grants, the old one reverts
*/
contract PaymentLedgerTest is TestBase {
    uint256 private constant HEADS_SLOT = 3;
    uint48 private constant ADMIN_DELAY = 3 days;

    address private immutable ADMIN = address(0xA11CE);
    address private immutable WRITER = address(0xB0B);
    address private immutable OTHER_WRITER = address(0xCAFE);

    PaymentLedger private _ledger;
    PlainLedger private _model;

    function setUp() external {
        _ledger = new PaymentLedger({adminDelay: ADMIN_DELAY, admin: ADMIN, writer: WRITER});
        _model = new PlainLedger();
        bytes32 role = _ledger.WRITER_ROLE();
        vm.prank(ADMIN);
        _ledger.grantRole(role, OTHER_WRITER);
    }

    // constructor

    function test_Constructor_GrantsTheTwoRolesAndNothingToTheDeployer() external view {
        bytes32 adminRole = _ledger.DEFAULT_ADMIN_ROLE();
        assertTrue("admin", _ledger.hasRole(adminRole, ADMIN));
        assertTrue("writer", _ledger.hasRole(_ledger.WRITER_ROLE(), WRITER));
        assertTrue("deployer is no admin", !_ledger.hasRole(adminRole, address(this)));
        assertTrue("deployer is no writer", !_ledger.hasRole(_ledger.WRITER_ROLE(), address(this)));
        assertTrue("admin is no writer", !_ledger.hasRole(_ledger.WRITER_ROLE(), ADMIN));
        assertEqual("role", _ledger.WRITER_ROLE(), keccak256("quittance.ledger.writer"));
    }

    function test_Constructor_SetsTheAdminDelay() external view {
        assertEqual("delay", _ledger.defaultAdminDelay(), ADMIN_DELAY);
    }

    // append: refusals

    function testFuzz_Append_RevertGiven_CallerIsNoWriter(address caller, uint8 entryCount, uint256 seed) external {
        vm.assume(caller != WRITER && caller != OTHER_WRITER);
        bytes memory entries = _entries(uint256(entryCount) + 1, seed);
        vm.expectRevert(_unauthorised(caller, _ledger.WRITER_ROLE()));
        vm.prank(caller);
        _ledger.append({expectedCount: 0, entries: entries});
    }

    function test_Append_RevertGiven_CallerIsAdmin() external {
        vm.expectRevert(_unauthorised(ADMIN, _ledger.WRITER_ROLE()));
        vm.prank(ADMIN);
        _ledger.append({expectedCount: 0, entries: _entries(1, 1)});
    }

    function test_Append_RevertGiven_RoleWasRevoked_AndTheStreamStaysReadable() external {
        bytes32 role = _ledger.WRITER_ROLE();
        _append(WRITER, 0, _entries(3, 7));
        (bytes28 hashBefore, ) = _ledger.streamHead(WRITER);
        vm.prank(ADMIN);
        _ledger.revokeRole(role, WRITER);

        vm.expectRevert(_unauthorised(WRITER, role));
        vm.prank(WRITER);
        _ledger.append({expectedCount: 3, entries: _entries(1, 8)});
        _assertHead(WRITER, hashBefore, 3);
    }

    function test_Append_RevertWhen_BatchIsEmpty() external {
        vm.expectRevert(abi.encodeWithSelector(IPaymentLedger.PaymentLedger_LengthInvalid.selector, 0, 64));
        vm.prank(WRITER);
        _ledger.append({expectedCount: 0, entries: ""});
    }

    function testFuzz_Append_RevertWhen_BatchEndsInsideAnEntry(uint16 length) external {
        vm.assume(length % 64 != 0);
        vm.expectRevert(abi.encodeWithSelector(IPaymentLedger.PaymentLedger_LengthInvalid.selector, length, 64));
        vm.prank(WRITER);
        _ledger.append({expectedCount: 0, entries: new bytes(length)});
    }

    function testFuzz_Append_RevertWhen_ExpectedCountIsNotTheCount(
        uint8 entryCount,
        uint32 expectedCount,
        uint256 seed
    ) external {
        uint32 count = uint32(entryCount) + 1;
        vm.assume(expectedCount != count);
        _append(WRITER, 0, _entries(count, seed));
        (bytes28 hashBefore, ) = _ledger.streamHead(WRITER);

        _expectCountMismatch(expectedCount, count);
        vm.prank(WRITER);
        _ledger.append({expectedCount: expectedCount, entries: _entries(2, seed)});
        _assertHead(WRITER, hashBefore, count);
    }

    function testFuzz_Append_RevertWhen_SameBatchIsSentAgain(uint8 entryCount, uint256 seed) external {
        bytes memory entries = _entries(uint256(entryCount) + 1, seed);
        _append(WRITER, 0, entries);
        _expectCountMismatch(0, uint32(entryCount) + 1);
        vm.prank(WRITER);
        _ledger.append({expectedCount: 0, entries: entries});
    }

    function test_Append_RevertWhen_StreamWouldPassItsLimit() external {
        _setHead(WRITER, bytes28(uint224(5)), type(uint32).max - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IPaymentLedger.PaymentLedger_StreamFull.selector, uint256(2 ** 32), 2 ** 32 - 1)
        );
        vm.prank(WRITER);
        _ledger.append({expectedCount: type(uint32).max - 1, entries: _entries(2, 1)});
    }

    function test_Append_WhenStreamIsFilledExactly() external {
        _setHead(WRITER, bytes28(uint224(5)), type(uint32).max - 1);
        bytes memory entries = _entries(1, 1);
        _append(WRITER, type(uint32).max - 1, entries);
        bytes28 expected = bytes28(keccak256(abi.encodePacked(bytes28(uint224(5)), entries)));
        _assertHead(WRITER, expected, type(uint32).max);
    }

    // append: effects, against the plain model

    function testFuzz_Append_MovesTheHeadAndEmitsAsThePlainModel(
        uint8 first,
        uint8 second,
        uint256 seed
    ) external {
        _assertSameAsModel(0, _entries(uint256(first) + 1, seed));
        _assertSameAsModel(uint32(first) + 1, _entries(uint256(second) + 1, ~seed));
    }

    function test_Append_TakesExtremeWordsAsThePlainModel() external {
        _assertSameAsModel(0, abi.encodePacked(bytes32(0), bytes32(0)));
        _assertSameAsModel(1, abi.encodePacked(bytes32(type(uint256).max), bytes32(type(uint256).max)));
    }

    function testFuzz_Append_ReadsOnlyItsOwnBytes(uint256 seed, bytes32 trailing) external {
        bytes memory entries = _entries(2, seed);
        bytes memory call = abi.encodePacked(abi.encodeCall(_ledger.append, (0, entries)), trailing);
        vm.prank(WRITER);
        (bool success, ) = address(_ledger).call(call);
        assertTrue("accepted", success);
        _model.append(WRITER, entries);
        (bytes28 expected, ) = _model.streamHead(WRITER);
        _assertHead(WRITER, expected, 2);
    }

    function testFuzz_Append_LeavesOtherStreamsAlone(uint8 entryCount, uint256 seed) external {
        _append(OTHER_WRITER, 0, _entries(2, seed));
        (bytes28 otherHash, ) = _ledger.streamHead(OTHER_WRITER);
        _append(WRITER, 0, _entries(uint256(entryCount) + 1, seed));
        _assertHead(OTHER_WRITER, otherHash, 2);
    }

    function testFuzz_Append_OneBatchEqualsItsEntriesOneByOne(uint8 entryCount, uint256 seed) external {
        uint256 count = uint256(entryCount) % 32 + 1;
        bytes memory entries = _entries(count, seed);
        _append(WRITER, 0, entries);
        for (uint256 i = 0; i < count; ++i) {
            _append(OTHER_WRITER, uint32(i), _slice(entries, i));
        }
        (bytes28 batched, uint32 batchedCount) = _ledger.streamHead(WRITER);
        _assertHead(OTHER_WRITER, batched, batchedCount);
    }

    // streamHead

    function testFuzz_StreamHead_GivenNoEntry(address writer) external view {
        _assertHead(writer, bytes28(0), 0);
    }

    function testFuzz_StreamHead_AnswersThePackedSlot(uint8 entryCount, uint256 seed) external {
        _append(WRITER, 0, _entries(uint256(entryCount) + 1, seed));
        (bytes28 streamHash, uint32 count) = _ledger.streamHead(WRITER);
        bytes32 packed = bytes32(streamHash) | bytes32(uint256(count));
        assertEqual("slot", vm.load(address(_ledger), _slot(WRITER)), packed);
    }

    // WRITER_ROLE

    function testFuzz_WriterRole_RevertWhen_AWriterGrantsIt(address account) external {
        bytes32 role = _ledger.WRITER_ROLE();
        vm.expectRevert(_unauthorised(WRITER, bytes32(0)));
        vm.prank(WRITER);
        _ledger.grantRole(role, account);
    }

    function test_WriterRole_FollowsAHandOverOfTheAdminRole() external {
        bytes32 role = _ledger.WRITER_ROLE();
        address successor = address(0x5CC);
        vm.prank(ADMIN);
        _ledger.beginDefaultAdminTransfer(successor);
        (, uint48 schedule) = _ledger.pendingDefaultAdmin();

        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector,
                schedule
            )
        );
        vm.prank(successor);
        _ledger.acceptDefaultAdminTransfer();

        vm.warp(uint256(schedule) + 1);
        vm.prank(successor);
        _ledger.acceptDefaultAdminTransfer();
        vm.prank(successor);
        _ledger.grantRole(role, successor);
        vm.expectRevert(_unauthorised(ADMIN, bytes32(0)));
        vm.prank(ADMIN);
        _ledger.grantRole(role, ADMIN);
    }

    // What the tests share.

    function _append(address writer, uint32 expectedCount, bytes memory entries) private {
        vm.prank(writer);
        _ledger.append({expectedCount: expectedCount, entries: entries});
    }

    function _assertSameAsModel(uint32 expectedCount, bytes memory entries) private {
        vm.recordLogs();
        _append(WRITER, expectedCount, entries);
        Vm.Log[] memory actual = vm.getRecordedLogs();
        vm.recordLogs();
        _model.append(WRITER, entries);
        Vm.Log[] memory expected = vm.getRecordedLogs();

        assertEqual("events", actual.length, entries.length / 64);
        for (uint256 i = 0; i < expected.length; ++i) {
            assertEqual("emitter", uint160(actual[i].emitter), uint160(address(_ledger)));
            assertEqual("topics", actual[i].topics.length, 3);
            assertEqual("event", actual[i].topics[0], IPaymentLedger.EntryAppended.selector);
            assertEqual("subjectKey", actual[i].topics[1], expected[i].topics[1]);
            assertEqual("writer", actual[i].topics[2], bytes32(uint256(uint160(WRITER))));
            assertEqual("commitment", keccak256(actual[i].data), keccak256(expected[i].data));
        }
        (bytes28 streamHash, uint256 count) = _model.streamHead(WRITER);
        _assertHead(WRITER, streamHash, count);
    }

    function _assertHead(address writer, bytes28 expectedHash, uint256 expectedCount) private view {
        (bytes28 streamHash, uint32 count) = _ledger.streamHead(writer);
        assertEqual("hash", bytes32(streamHash), bytes32(expectedHash));
        assertEqual("count", count, expectedCount);
    }

    function _expectCountMismatch(uint32 expectedCount, uint32 count) private {
        vm.expectRevert(
            abi.encodeWithSelector(IPaymentLedger.PaymentLedger_CountMismatch.selector, expectedCount, count)
        );
    }

    function _setHead(address writer, bytes28 streamHash, uint32 count) private {
        vm.store(address(_ledger), _slot(writer), bytes32(streamHash) | bytes32(uint256(count)));
    }

    function _slot(address writer) private pure returns (bytes32) {
        return keccak256(abi.encode(writer, HEADS_SLOT));
    }

    function _unauthorised(address account, bytes32 role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role);
    }

    function _entries(uint256 count, uint256 seed) private pure returns (bytes memory entries) {
        for (uint256 i = 0; i < count; ++i) {
            entries = bytes.concat(entries, keccak256(abi.encode(seed, i, "key")), keccak256(abi.encode(seed, i)));
        }
    }

    function _slice(bytes memory entries, uint256 index) private pure returns (bytes memory entry) {
        entry = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) entry[i] = entries[index * 64 + i];
    }
}
