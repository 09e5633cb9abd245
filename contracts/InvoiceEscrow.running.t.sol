// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {EscrowBase} from "./testing/EscrowBase.sol";
import {SmartAccount} from "./testing/SmartAccount.sol";
import {Vm} from "./testing/Vm.sol";

/*
markDelivered
├── given the caller is neither payer nor payee      -> it reverts with CallerInvalid
├── given an attestor is agreed and the payee calls  -> it reverts with CallerInvalid
├── given the escrow does not run                    -> it reverts with StatusInvalid
├── given delivery was marked, or all is disputed    -> it reverts with StatusInvalid
├── when deliverBy has passed                        -> it reverts with TooLate
└── it starts the window, also beside a dispute of a part
markDeliveredAttested
├── given no attestor, or another's signature        -> it reverts with SignatureInvalid
├── given a signature for another escrow or evidence -> it reverts with SignatureInvalid
└── anyone may bring the attestor's signature, also that of a contract
release
├── given the caller is not the payer                -> it reverts with CallerInvalid
├── given the escrow does not run                    -> it reverts with StatusInvalid
├── when the part is zero, or above what is free     -> it reverts with PartInvalid
├── it moves the part, at any time before the end    -> Released when nothing remains
└── given an agency                                  -> any parts give it what one release would
releaseMany
├── it releases what is ready and skips the rest, duplicates included
├── a payer is ready at any time, others after the window
├── it equals the single calls, with one transfer per run of equal payees
└── given disputes                                   -> it releases what is free
refund
├── given the caller is not the payee                -> it reverts with CallerInvalid
├── given the escrow does not run                    -> it reverts with StatusInvalid
├── when the part is zero, or above what is free     -> it reverts with PartInvalid
└── it gives the part back                           -> Refunded when nothing remains
settle
├── given the escrow does not run                    -> it reverts with StatusInvalid
├── given it is undelivered until deliverBy          -> it reverts with NothingDue; a second later it refunds
├── given it is delivered before the window's end    -> it reverts with NothingDue; then it releases
└── given delivery is deemed                         -> it reverts until deliverBy + window; then it releases
stateOf
└── it tells deemed delivery, and nothing of the unknown
*/
contract InvoiceEscrowRunningTest is EscrowBase {
    function setUp() external {
        openWorld();
    }

    // markDelivered

    function testFuzz_MarkDelivered_RevertGiven_CallerIsNoParty(address caller) external {
        vm.assume(caller != PAYER && caller != PAYEE);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        _assertDeliverReverts(caller, terms, callerInvalid(caller));
    }

    function test_MarkDelivered_RevertGiven_AnAttestorIsAgreed() external {
        IInvoiceEscrow.Terms memory terms = _attestedTerms(ATTESTOR);
        fund(terms);
        _assertDeliverReverts(PAYEE, terms, callerInvalid(PAYEE));
        vm.prank(PAYER);
        escrow.markDelivered(terms);
        assertState(terms, IInvoiceEscrow.Status.Delivered, AMOUNT);
    }

    function test_MarkDelivered_RevertGiven_ItDoesNotRun() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        _assertDeliverReverts(PAYEE, terms, statusInvalid(id, IInvoiceEscrow.Status.None));
        fund(terms);
        refund(terms, AMOUNT);
        _assertDeliverReverts(PAYEE, terms, statusInvalid(id, IInvoiceEscrow.Status.Refunded));
    }

    function test_MarkDelivered_RevertGiven_ItWasMarkedOrAllIsDisputed() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        disputeBy(PAYER, terms, AMOUNT);
        _assertDeliverReverts(PAYEE, terms, statusInvalid(id, IInvoiceEscrow.Status.Disputed));

        terms.settlementKey = keccak256("another");
        id = fund(terms);
        deliver(terms);
        _assertDeliverReverts(PAYER, terms, statusInvalid(id, IInvoiceEscrow.Status.Delivered));
    }

    function test_MarkDelivered_RevertWhen_DeliverByHasPassed() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        vm.warp(uint256(DELIVER_BY) + 1);
        _assertDeliverReverts(PAYEE, terms, tooLate(id, DELIVER_BY, uint256(DELIVER_BY) + 1));
    }

    function testFuzz_MarkDelivered_StartsTheWindow(uint40 time, bool isPayer) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        time = uint40(bound(time, NOW, DELIVER_BY));
        vm.warp(time);
        address caller = isPayer ? PAYER : PAYEE;
        vm.recordLogs();
        vm.prank(caller);
        escrow.markDelivered(terms);
        _assertMarked(id, caller, bytes32(0), time + WINDOW);
        assertState(terms, IInvoiceEscrow.Status.Delivered, AMOUNT);
        assertEqual("window", escrow.stateOf(terms).windowEnds, time + WINDOW);
    }

    function test_MarkDelivered_BesideADisputeOfAPart() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        disputeBy(PAYER, terms, 1);
        deliver(terms);
        assertState(terms, IInvoiceEscrow.Status.Disputed, AMOUNT);
        vm.warp(NOW + WINDOW);
        settle(terms);
        assertPaid(AMOUNT - 1, 0, 0, 1);
    }

    // markDeliveredAttested

    function testFuzz_MarkDeliveredAttested_RevertGiven_NotTheAttestorsWord(uint256 key, bytes32 evidence) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != ATTESTOR_KEY);
        IInvoiceEscrow.Terms memory terms = _attestedTerms(ATTESTOR);
        bytes32 id = fund(terms);
        bytes memory expected = _signatureInvalid(id, ATTESTOR);
        _assertAttestReverts(terms, evidence, signWith(key, escrow.deliveryDigest(id, evidence)), expected);
        bytes32 other = keccak256(abi.encode(evidence));
        _assertAttestReverts(terms, evidence, signWith(ATTESTOR_KEY, escrow.deliveryDigest(id, other)), expected);
        _assertAttestReverts(terms, evidence, signWith(ATTESTOR_KEY, escrow.deliveryDigest(other, evidence)), expected);
        _assertAttestReverts(terms, evidence, signWith(ATTESTOR_KEY, id), expected);
    }

    function test_MarkDeliveredAttested_RevertGiven_NoAttestor() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        bytes memory signature = signWith(ATTESTOR_KEY, escrow.deliveryDigest(id, 0));
        _assertAttestReverts(terms, 0, signature, _signatureInvalid(id, address(0)));
        _assertAttestReverts(terms, 0, "", _signatureInvalid(id, address(0)));
    }

    function testFuzz_MarkDeliveredAttested_AnyoneMayBringIt(bytes32 evidence, bool isContract) external {
        address attestor = isContract ? address(new SmartAccount(ATTESTOR)) : ATTESTOR;
        IInvoiceEscrow.Terms memory terms = _attestedTerms(attestor);
        bytes32 id = fund(terms);
        bytes memory signature = signWith(ATTESTOR_KEY, escrow.deliveryDigest(id, evidence));
        vm.recordLogs();
        vm.prank(STRANGER);
        escrow.markDeliveredAttested(terms, evidence, signature);
        _assertMarked(id, attestor, evidence, NOW + WINDOW);
        assertState(terms, IInvoiceEscrow.Status.Delivered, AMOUNT);
    }

    // release

    function testFuzz_Release_RevertGiven_CallerIsNotThePayer(address caller) external {
        vm.assume(caller != PAYER);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        bytes memory call = abi.encodeCall(escrow.release, (terms, 1));
        assertReverts(caller, address(escrow), call, callerInvalid(caller));
    }

    function test_Release_RevertGiven_ItDoesNotRun() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes memory call = abi.encodeCall(escrow.release, (terms, 1));
        bytes32 id = escrow.termsId(terms);
        assertReverts(PAYER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.None));
        fund(terms);
        refund(terms, AMOUNT);
        assertReverts(PAYER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Refunded));
    }

    function testFuzz_Release_RevertWhen_ThePartIsNotFree(uint96 part, uint96 disputed) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        disputed = uint96(bound(disputed, 0, AMOUNT));
        if (disputed != 0) disputeBy(PAYEE, terms, disputed);
        part = uint96(bound(part, AMOUNT - disputed + 1, type(uint96).max));
        bytes memory expected = partInvalid(id, part, AMOUNT - disputed);
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.release, (terms, part)), expected);
        expected = partInvalid(id, 0, AMOUNT - disputed);
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.release, (terms, 0)), expected);
    }

    function testFuzz_Release_MovesThePart(uint96 first, uint40 time, bool isDelivered) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        if (isDelivered) deliver(terms);
        vm.warp(bound(time, NOW, type(uint40).max));
        first = uint96(bound(first, 1, AMOUNT - 1));
        vm.recordLogs();
        release(terms, first);
        _assertReleased(id, first, 0, AMOUNT - first);
        assertPaid(first, 0, 0, AMOUNT - first);
        release(terms, AMOUNT - first);
        assertState(terms, IInvoiceEscrow.Status.Released, 0);
        assertPaid(AMOUNT, 0, 0, 0);
    }

    function testFuzz_Release_AnyPartsGiveTheAgencyWhatOneWould(uint16 shareBps, uint96[5] calldata seeds) external {
        IInvoiceEscrow.Terms memory terms = agencyTerms(uint16(bound(shareBps, 1, 10_000)));
        fund(terms);
        uint96 left = AMOUNT;
        for (uint256 i = 0; i < seeds.length && left > 1; ++i) {
            uint96 part = uint96(bound(seeds[i], 1, i % 2 == 0 ? 3 : left));
            if (part > left) part = left;
            release(terms, part);
            left -= part;
            uint256 share = (uint256(AMOUNT - left) * terms.agencyShareBps) / 10_000;
            assertPaid(AMOUNT - left - share, 0, share, left);
        }
        if (left != 0) release(terms, left);
        uint256 whole = (uint256(AMOUNT) * terms.agencyShareBps) / 10_000;
        assertPaid(AMOUNT - whole, 0, whole, 0);
    }

    // releaseMany

    function testFuzz_ReleaseMany_ReleasesWhatIsReady(uint256 seed, uint8 count, bool isPayer) external {
        uint256 size = bound(count, 1, 10);
        IInvoiceEscrow.Terms[] memory many = new IInvoiceEscrow.Terms[](size);
        uint256 expected = 0;
        for (uint256 i = 0; i < size; ++i) {
            uint256 kind = uint256(keccak256(abi.encode(seed, i))) % 4;
            many[i] = _numbered(i);
            if (kind != 0) fund(many[i]);
            if (kind == 2) deliver(many[i]);
            if (kind == 3) refund(many[i], many[i].amount);
            if (kind == 2 || (kind == 1 && isPayer)) ++expected;
        }
        vm.warp(NOW + WINDOW);
        vm.prank(isPayer ? PAYER : STRANGER);
        assertEqual("released", escrow.releaseMany(many), expected);
        for (uint256 i = 0; i < size; ++i) {
            uint256 kind = uint256(keccak256(abi.encode(seed, i))) % 4;
            bool isReleased = kind == 2 || (kind == 1 && isPayer);
            if (isReleased) assertState(many[i], IInvoiceEscrow.Status.Released, 0);
            if (kind == 1 && !isPayer) assertState(many[i], IInvoiceEscrow.Status.Funded, many[i].amount);
        }
    }

    function test_ReleaseMany_SkipsDuplicatesAndWaitsForTheWindow() external {
        IInvoiceEscrow.Terms[] memory twice = new IInvoiceEscrow.Terms[](2);
        (twice[0], twice[1]) = (plainTerms(), plainTerms());
        fund(twice[0]);
        deliver(twice[0]);
        vm.warp(NOW + WINDOW - 1);
        vm.prank(STRANGER);
        assertEqual("too early", escrow.releaseMany(twice), 0);
        vm.warp(NOW + WINDOW);
        vm.prank(STRANGER);
        assertEqual("once", escrow.releaseMany(twice), 1);
        assertPaid(AMOUNT, 0, 0, 0);
    }

    function testFuzz_ReleaseMany_EqualsTheSingleCalls(uint256 seed, uint8 count) external {
        uint256 size = bound(count, 1, 10);
        IInvoiceEscrow.Terms[] memory many = new IInvoiceEscrow.Terms[](size);
        for (uint256 i = 0; i < size; ++i) {
            many[i] = _numbered(i);
            // The payee's key signs; some escrows pay another contract account of the same owner.
            if (uint256(keccak256(abi.encode(seed, i))) % 3 == 0) many[i].payee = _otherPayee();
            fund(many[i]);
        }
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < size; ++i) release(many[i], many[i].amount);
        (uint256 first, uint256 second) = (token.balanceOf(PAYEE), token.balanceOf(_otherPayee()));
        vm.revertToState(start);

        vm.recordLogs();
        vm.prank(PAYER);
        escrow.releaseMany(many);
        assertEqual("one transfer per run", vm.getRecordedLogs().length, size + _runs(many));
        assertEqual("payee", token.balanceOf(PAYEE), first);
        assertEqual("other payee", token.balanceOf(_otherPayee()), second);
        for (uint256 i = 0; i < size; ++i) assertState(many[i], IInvoiceEscrow.Status.Released, 0);
    }

    function test_ReleaseMany_GivesAgenciesTheirShares() external {
        IInvoiceEscrow.Terms[] memory one = new IInvoiceEscrow.Terms[](1);
        one[0] = agencyTerms(2_500);
        fund(one[0]);
        vm.prank(PAYER);
        escrow.releaseMany(one);
        uint256 share = AMOUNT / 4;
        assertPaid(AMOUNT - share, 0, share, 0);
    }

    function testFuzz_ReleaseMany_GivenADispute_ReleasesWhatIsFree(uint96 disputed) external {
        IInvoiceEscrow.Terms[] memory one = new IInvoiceEscrow.Terms[](1);
        one[0] = plainTerms();
        disputed = uint96(bound(disputed, 1, AMOUNT));
        fund(one[0]);
        disputeBy(PAYER, one[0], disputed);
        vm.prank(PAYER);
        assertEqual("released", escrow.releaseMany(one), disputed == AMOUNT ? 0 : 1);
        assertState(one[0], IInvoiceEscrow.Status.Disputed, disputed);
        assertPaid(AMOUNT - disputed, 0, 0, disputed);
    }

    // refund

    function testFuzz_Refund_RevertGiven_CallerIsNotThePayee(address caller) external {
        vm.assume(caller != PAYEE);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        bytes memory call = abi.encodeCall(escrow.refund, (terms, 1));
        assertReverts(caller, address(escrow), call, callerInvalid(caller));
    }

    function test_Refund_RevertGiven_ItDoesNotRun() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes memory call = abi.encodeCall(escrow.refund, (terms, 1));
        bytes32 id = escrow.termsId(terms);
        assertReverts(PAYEE, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.None));
        fund(terms);
        release(terms, AMOUNT);
        assertReverts(PAYEE, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Released));
    }

    function testFuzz_Refund_RevertWhen_ThePartIsNotFree(uint96 part, uint96 disputed) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        disputed = uint96(bound(disputed, 0, AMOUNT));
        if (disputed != 0) disputeBy(PAYER, terms, disputed);
        part = uint96(bound(part, AMOUNT - disputed + 1, type(uint96).max));
        bytes memory expected = partInvalid(id, part, AMOUNT - disputed);
        assertReverts(PAYEE, address(escrow), abi.encodeCall(escrow.refund, (terms, part)), expected);
        expected = partInvalid(id, 0, AMOUNT - disputed);
        assertReverts(PAYEE, address(escrow), abi.encodeCall(escrow.refund, (terms, 0)), expected);
    }

    function testFuzz_Refund_GivesThePartBack(uint96 part, uint16 shareBps) external {
        IInvoiceEscrow.Terms memory terms = agencyTerms(uint16(bound(shareBps, 1, 10_000)));
        bytes32 id = fund(terms);
        part = uint96(bound(part, 1, AMOUNT - 1));
        vm.recordLogs();
        refund(terms, part);
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEqual("event", log.topics[0], IInvoiceEscrow.Refunded.selector);
        assertEqual("id", log.topics[1], id);
        assertEqual("data", keccak256(log.data), keccak256(abi.encode(part, AMOUNT - part)));
        assertPaid(0, part, 0, AMOUNT - part);
        refund(terms, AMOUNT - part);
        assertState(terms, IInvoiceEscrow.Status.Refunded, 0);
        assertPaid(0, AMOUNT, 0, 0);
    }

    // settle

    function test_Settle_RevertGiven_ItDoesNotRun() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes memory call = abi.encodeCall(escrow.settle, (terms));
        bytes32 id = escrow.termsId(terms);
        assertReverts(STRANGER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.None));
        fund(terms);
        release(terms, AMOUNT);
        assertReverts(STRANGER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Released));
    }

    function testFuzz_Settle_GivenUndelivered_RefundsAfterDeliverBy(uint40 time) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        vm.warp(bound(time, NOW, DELIVER_BY));
        _assertNothingDue(terms, id);
        vm.warp(bound(time, uint256(DELIVER_BY) + 1, type(uint40).max));
        settle(terms);
        assertState(terms, IInvoiceEscrow.Status.Refunded, 0);
        assertPaid(0, AMOUNT, 0, 0);
    }

    function testFuzz_Settle_GivenDelivered_ReleasesAfterTheWindow(uint40 time) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        deliver(terms);
        vm.warp(bound(time, NOW, NOW + WINDOW - 1));
        _assertNothingDue(terms, id);
        vm.warp(bound(time, NOW + WINDOW, type(uint40).max));
        settle(terms);
        assertState(terms, IInvoiceEscrow.Status.Released, 0);
        assertPaid(AMOUNT, 0, 0, 0);
    }

    function testFuzz_Settle_GivenDeemedDelivery_ReleasesAfterTheWindow(uint40 time) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.deemedDelivered = true;
        bytes32 id = fund(terms);
        uint256 windowEnds = uint256(DELIVER_BY) + WINDOW;
        vm.warp(bound(time, NOW, windowEnds - 1));
        _assertNothingDue(terms, id);
        vm.warp(bound(time, windowEnds, type(uint40).max));
        settle(terms);
        assertState(terms, IInvoiceEscrow.Status.Released, 0);
        assertPaid(AMOUNT, 0, 0, 0);
    }

    // stateOf

    function test_StateOf_TellsDeemedDelivery() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        assertState(terms, IInvoiceEscrow.Status.None, 0);
        terms.deemedDelivered = true;
        fund(terms);
        vm.warp(DELIVER_BY);
        assertState(terms, IInvoiceEscrow.Status.Funded, AMOUNT);
        vm.warp(uint256(DELIVER_BY) + 1);
        assertState(terms, IInvoiceEscrow.Status.Delivered, AMOUNT);
        assertEqual("window", escrow.stateOf(terms).windowEnds, uint256(DELIVER_BY) + WINDOW);
    }

    // What the tests share.

    function _attestedTerms(address attestor) private pure returns (IInvoiceEscrow.Terms memory terms) {
        terms = plainTerms();
        terms.attestor = attestor;
    }

    function _numbered(uint256 number) private pure returns (IInvoiceEscrow.Terms memory terms) {
        terms = plainTerms();
        terms.settlementKey = keccak256(abi.encode(number));
        terms.amount = uint96(1_000 + number);
    }

    address private _smartPayee;

    function _otherPayee() private returns (address) {
        if (_smartPayee == address(0)) _smartPayee = address(new SmartAccount(PAYEE));
        return _smartPayee;
    }

    function _runs(IInvoiceEscrow.Terms[] memory many) private pure returns (uint256 runs) {
        for (uint256 i = 0; i < many.length; ++i) {
            if (i == 0 || many[i].payee != many[i - 1].payee) ++runs;
        }
    }

    function _assertDeliverReverts(address caller, IInvoiceEscrow.Terms memory terms, bytes memory expected) private {
        assertReverts(caller, address(escrow), abi.encodeCall(escrow.markDelivered, (terms)), expected);
    }

    function _assertAttestReverts(
        IInvoiceEscrow.Terms memory terms,
        bytes32 evidence,
        bytes memory signature,
        bytes memory expected
    ) private {
        bytes memory call = abi.encodeCall(escrow.markDeliveredAttested, (terms, evidence, signature));
        assertReverts(STRANGER, address(escrow), call, expected);
    }

    function _assertNothingDue(IInvoiceEscrow.Terms memory terms, bytes32 id) private {
        bytes memory expected = abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_NothingDue.selector, id);
        assertReverts(STRANGER, address(escrow), abi.encodeCall(escrow.settle, (terms)), expected);
    }

    function _assertMarked(bytes32 id, address by, bytes32 evidence, uint40 windowEnds) private {
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEqual("event", log.topics[0], IInvoiceEscrow.DeliveryMarked.selector);
        assertEqual("id", log.topics[1], id);
        assertEqual("by", log.topics[2], bytes32(uint256(uint160(by))));
        assertEqual("data", keccak256(log.data), keccak256(abi.encode(evidence, windowEnds)));
    }

    function _assertReleased(bytes32 id, uint96 part, uint96 agencyShare, uint96 remaining) private {
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEqual("event", log.topics[0], IInvoiceEscrow.Released.selector);
        assertEqual("id", log.topics[1], id);
        assertEqual("data", keccak256(log.data), keccak256(abi.encode(part, agencyShare, remaining)));
    }

    function _signatureInvalid(bytes32 id, address signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_SignatureInvalid.selector, id, signer);
    }
}
