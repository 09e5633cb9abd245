// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {EscrowBase} from "./testing/EscrowBase.sol";
import {Vm} from "./testing/Vm.sol";

/*
dispute
├── given the caller is neither payer nor payee      -> it reverts with CallerInvalid
├── given the escrow does not run                    -> it reverts with StatusInvalid
├── when the amount is zero, or nothing is free      -> it reverts with PartInvalid
├── when the amount is above what is free            -> it freezes what is free
├── given the arbiter of an open one is out of time  -> it reverts with TooLate
├── when undelivered and deliverBy has passed        -> it reverts with TooLate
├── when the window has ended, marked or deemed      -> it reverts with TooLate
├── it freezes the stated amount only, of a part or of the whole
└── given it is open                                 -> it adds to it, gives the arbiter its time again, drops an offer
offerSettlement
├── given the caller is neither payer nor payee      -> it reverts with CallerInvalid
├── given no dispute is open                         -> it reverts with StatusInvalid
├── when the shares are not the disputed amount      -> it reverts with SharesMismatch
├── it stands until it is replaced, and moves nothing
└── when it gives the other side everything          -> the dispute ends at once
acceptSettlement
├── given the caller is neither payer nor payee      -> it reverts with CallerInvalid
├── given no offer, one's own, or with other shares  -> it reverts with OfferMismatch
├── when the shares are not the disputed amount      -> it reverts with SharesMismatch
└── it pays both as offered
rule
├── given the caller is not the arbiter              -> it reverts with CallerInvalid
├── given no dispute is open, or it was ruled        -> it reverts with StatusInvalid
├── when its time is over                            -> it reverts with TooLate
├── when the shares are not the disputed amount      -> it reverts with SharesMismatch
├── it pays both to the unit, and the agency its share of the payee's
└── given only a part was disputed                   -> the rest lives on, delivered or not
settle, given a dispute
├── when the arbiter may still rule                  -> it moves what is free only, or reverts with NothingDue
├── when the arbiter stayed silent                   -> it splits as the terms say, the payer taking the rest
└── when all is due at once                          -> it does all at once
*/
contract InvoiceEscrowDisputesTest is EscrowBase {
    function setUp() external {
        openWorld();
    }

    // dispute

    function testFuzz_Dispute_RevertGiven_CallerIsNoParty(address caller) external {
        vm.assume(caller != PAYER && caller != PAYEE);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        _assertDisputeReverts(caller, terms, 1, callerInvalid(caller));
    }

    function test_Dispute_RevertGiven_ItDoesNotRun() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        _assertDisputeReverts(PAYER, terms, 1, statusInvalid(id, IInvoiceEscrow.Status.None));
        fund(terms);
        release(terms, AMOUNT);
        _assertDisputeReverts(PAYER, terms, 1, statusInvalid(id, IInvoiceEscrow.Status.Released));
    }

    function testFuzz_Dispute_RevertWhen_NothingIsFree(uint96 amount) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        _assertDisputeReverts(PAYER, terms, 0, partInvalid(id, 0, AMOUNT));
        disputeBy(PAYER, terms, AMOUNT);
        _assertDisputeReverts(PAYEE, terms, amount, partInvalid(id, 0, 0));
    }

    function testFuzz_Dispute_TakesItsAmountAsACeiling(uint96 amount, uint96 moved) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        moved = uint96(bound(moved, 1, AMOUNT - 1));
        // The other side moves something just before.
        refund(terms, moved);
        amount = uint96(bound(amount, AMOUNT - moved, type(uint96).max));
        disputeBy(PAYER, terms, amount);
        _assertDispute(terms, AMOUNT - moved, NOW + ARBITER_TIMEOUT, address(0), 0);
    }

    function testFuzz_Dispute_RevertGiven_TheArbitersTimeIsOver(uint96 first, uint40 time) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        disputeBy(PAYER, terms, uint96(bound(first, 1, AMOUNT - 1)));
        uint256 limit = NOW + ARBITER_TIMEOUT;
        uint256 late = bound(time, limit + 1, DELIVER_BY);
        vm.warp(late);
        _assertDisputeReverts(PAYER, terms, 1, tooLate(id, limit, late));
        vm.warp(limit);
        disputeBy(PAYER, terms, 1);
    }

    function testFuzz_Dispute_RevertWhen_UndeliveredAndLate(uint40 time) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        uint256 late = bound(time, uint256(DELIVER_BY) + 1, type(uint40).max);
        vm.warp(late);
        _assertDisputeReverts(PAYEE, terms, 1, tooLate(id, DELIVER_BY, late));
        vm.warp(DELIVER_BY);
        disputeBy(PAYEE, terms, 1);
    }

    function testFuzz_Dispute_RevertWhen_TheWindowHasEnded(uint40 time, bool isDeemed) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.deemedDelivered = isDeemed;
        bytes32 id = fund(terms);
        if (!isDeemed) deliver(terms);
        uint256 windowEnds = isDeemed ? uint256(DELIVER_BY) + WINDOW : NOW + WINDOW;
        uint256 late = bound(time, windowEnds, type(uint40).max);
        vm.warp(late);
        _assertDisputeReverts(PAYER, terms, 1, tooLate(id, windowEnds - 1, late));
        vm.warp(windowEnds - 1);
        disputeBy(PAYER, terms, 1);
    }

    function testFuzz_Dispute_FreezesTheStatedAmountOnly(uint96 amount, bool isPayer, bool isDelivered) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        if (isDelivered) deliver(terms);
        amount = uint96(bound(amount, 1, AMOUNT));
        address party = isPayer ? PAYER : PAYEE;
        vm.recordLogs();
        disputeBy(party, terms, amount);
        _assertRaised(id, party, amount, amount, NOW + ARBITER_TIMEOUT);
        _assertDispute(terms, amount, NOW + ARBITER_TIMEOUT, address(0), 0);
        assertState(terms, IInvoiceEscrow.Status.Disputed, AMOUNT);
        if (amount != AMOUNT) release(terms, AMOUNT - amount);
        assertPaid(AMOUNT - amount, 0, 0, amount);
    }

    function testFuzz_Dispute_GivenItIsOpen_AddsToIt(uint96 first, uint96 second, uint32 later) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        first = uint96(bound(first, 2, AMOUNT - 1));
        second = uint96(bound(second, 1, AMOUNT - first));
        disputeBy(PAYEE, terms, first);
        vm.prank(PAYER);
        escrow.offerSettlement(terms, 1, first - 1);
        uint40 time = uint40(bound(later, NOW, NOW + ARBITER_TIMEOUT));
        vm.warp(time);
        vm.recordLogs();
        disputeBy(PAYER, terms, second);
        _assertRaised(id, PAYER, second, first + second, time + ARBITER_TIMEOUT);
        _assertDispute(terms, first + second, time + ARBITER_TIMEOUT, address(0), 0);
    }

    // offerSettlement

    function testFuzz_OfferSettlement_RevertGiven_CallerIsNoParty(address caller) external {
        vm.assume(caller != PAYER && caller != PAYEE);
        IInvoiceEscrow.Terms memory terms = _disputed(100);
        bytes memory call = abi.encodeCall(escrow.offerSettlement, (terms, 50, 50));
        assertReverts(caller, address(escrow), call, callerInvalid(caller));
    }

    function test_OfferSettlement_RevertGiven_NoDispute() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        bytes memory call = abi.encodeCall(escrow.offerSettlement, (terms, 50, 50));
        assertReverts(PAYER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Funded));
    }

    function testFuzz_OfferSettlement_RevertWhen_SharesAreNotTheAmount(uint96 disputed, uint96 a, uint96 b) external {
        disputed = uint96(bound(disputed, 1, AMOUNT));
        vm.assume(uint256(a) + b != disputed);
        IInvoiceEscrow.Terms memory terms = _disputed(disputed);
        bytes memory expected = sharesMismatch(escrow.termsId(terms), uint256(a) + b, disputed);
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.offerSettlement, (terms, a, b)), expected);
        assertReverts(PAYEE, address(escrow), abi.encodeCall(escrow.acceptSettlement, (terms, a, b)), expected);
        assertReverts(ARBITER, address(escrow), abi.encodeCall(escrow.rule, (terms, a, b)), expected);
    }

    function testFuzz_OfferSettlement_StandsUntilReplaced(uint96 disputed, uint96 toPayee, bool isPayer) external {
        disputed = uint96(bound(disputed, 2, AMOUNT));
        toPayee = uint96(bound(toPayee, 1, disputed - 1));
        IInvoiceEscrow.Terms memory terms = _disputed(disputed);
        (address first, address second) = isPayer ? (PAYER, PAYEE) : (PAYEE, PAYER);
        vm.recordLogs();
        vm.prank(first);
        escrow.offerSettlement(terms, toPayee, disputed - toPayee);
        _assertOffered(terms, first, toPayee, disputed - toPayee);
        _assertDispute(terms, disputed, NOW + ARBITER_TIMEOUT, first, toPayee);
        vm.prank(second);
        escrow.offerSettlement(terms, disputed - toPayee, toPayee);
        _assertDispute(terms, disputed, NOW + ARBITER_TIMEOUT, second, disputed - toPayee);
        assertPaid(0, 0, 0, AMOUNT);
    }

    function testFuzz_OfferSettlement_WhenItConcedesEverything(uint96 disputed, bool isPayer) external {
        disputed = uint96(bound(disputed, 1, AMOUNT));
        IInvoiceEscrow.Terms memory terms = _disputed(disputed);
        vm.recordLogs();
        vm.prank(isPayer ? PAYER : PAYEE);
        escrow.offerSettlement(terms, isPayer ? disputed : 0, isPayer ? 0 : disputed);
        _assertEnded(terms, isPayer ? PAYER : PAYEE, isPayer ? disputed : 0, isPayer ? 0 : disputed, 0);
        _assertAfterDispute(terms, disputed);
        assertPaid(isPayer ? disputed : 0, isPayer ? 0 : disputed, 0, AMOUNT - disputed);
    }

    // acceptSettlement

    function testFuzz_AcceptSettlement_RevertGiven_CallerIsNoParty(address caller) external {
        vm.assume(caller != PAYER && caller != PAYEE);
        IInvoiceEscrow.Terms memory terms = _disputed(100);
        bytes memory call = abi.encodeCall(escrow.acceptSettlement, (terms, 50, 50));
        assertReverts(caller, address(escrow), call, callerInvalid(caller));
    }

    function testFuzz_AcceptSettlement_RevertGiven_NoSuchOfferOfTheOther(uint96 disputed, uint96 share) external {
        disputed = uint96(bound(disputed, 3, AMOUNT));
        share = uint96(bound(share, 1, disputed - 2));
        IInvoiceEscrow.Terms memory terms = _disputed(disputed);
        _assertAcceptReverts(PAYEE, terms, share, disputed - share, 0);
        vm.prank(PAYER);
        escrow.offerSettlement(terms, share, disputed - share);
        _assertAcceptReverts(PAYER, terms, share, disputed - share, share);
        _assertAcceptReverts(PAYEE, terms, share + 1, disputed - share - 1, share);
    }

    function test_AcceptSettlement_RevertGiven_NoDispute() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        bytes memory call = abi.encodeCall(escrow.acceptSettlement, (terms, 50, 50));
        assertReverts(PAYEE, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Funded));
    }

    function testFuzz_AcceptSettlement_PaysAsOffered(uint96 disputed, uint96 toPayee, bool isPayersOffer) external {
        disputed = uint96(bound(disputed, 2, AMOUNT));
        toPayee = uint96(bound(toPayee, 1, disputed - 1));
        IInvoiceEscrow.Terms memory terms = _disputed(disputed);
        (address offering, address accepting) = isPayersOffer ? (PAYER, PAYEE) : (PAYEE, PAYER);
        vm.prank(offering);
        escrow.offerSettlement(terms, toPayee, disputed - toPayee);
        vm.recordLogs();
        vm.prank(accepting);
        escrow.acceptSettlement(terms, toPayee, disputed - toPayee);
        _assertEnded(terms, accepting, toPayee, disputed - toPayee, 0);
        _assertAfterDispute(terms, disputed);
        assertPaid(toPayee, disputed - toPayee, 0, AMOUNT - disputed);
    }

    // rule

    function testFuzz_Rule_RevertGiven_CallerIsNotTheArbiter(address caller) external {
        vm.assume(caller != ARBITER);
        IInvoiceEscrow.Terms memory terms = _disputed(100);
        bytes memory call = abi.encodeCall(escrow.rule, (terms, 50, 50));
        assertReverts(caller, address(escrow), call, callerInvalid(caller));
    }

    function test_Rule_RevertGiven_NoDisputeIsOpen() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        bytes memory call = abi.encodeCall(escrow.rule, (terms, 50, 50));
        assertReverts(ARBITER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Funded));
        disputeBy(PAYER, terms, 100);
        vm.prank(ARBITER);
        escrow.rule(terms, 50, 50);
        assertReverts(ARBITER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Funded));
        disputeBy(PAYER, terms, AMOUNT - 100);
        vm.prank(ARBITER);
        escrow.rule(terms, AMOUNT - 100, 0);
        assertReverts(ARBITER, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Ruled));
    }

    function testFuzz_Rule_RevertWhen_ItsTimeIsOver(uint96 disputed, uint40 time) external {
        disputed = uint96(bound(disputed, 1, AMOUNT));
        IInvoiceEscrow.Terms memory terms = _disputed(disputed);
        uint256 limit = NOW + ARBITER_TIMEOUT;
        uint256 late = bound(time, limit + 1, type(uint40).max);
        vm.warp(late);
        bytes memory call = abi.encodeCall(escrow.rule, (terms, disputed, 0));
        assertReverts(ARBITER, address(escrow), call, tooLate(escrow.termsId(terms), limit, late));
        vm.warp(limit);
        vm.prank(ARBITER);
        escrow.rule(terms, disputed, 0);
    }

    function testFuzz_Rule_PaysToTheUnit(uint96 disputed, uint96 toPayee, uint16 shareBps) external {
        IInvoiceEscrow.Terms memory terms = agencyTerms(uint16(bound(shareBps, 1, 10_000)));
        disputed = uint96(bound(disputed, 1, AMOUNT));
        toPayee = uint96(bound(toPayee, 0, disputed));
        fund(terms);
        disputeBy(PAYER, terms, disputed);
        uint96 share = uint96((uint256(toPayee) * terms.agencyShareBps) / 10_000);
        vm.recordLogs();
        vm.prank(ARBITER);
        escrow.rule(terms, toPayee, disputed - toPayee);
        _assertEnded(terms, ARBITER, toPayee, disputed - toPayee, share);
        _assertAfterDispute(terms, disputed);
        assertPaid(toPayee - share, disputed - toPayee, share, AMOUNT - disputed);
    }

    function testFuzz_Rule_GivenAPart_TheRestLivesOn(uint96 disputed, bool isDelivered) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        if (isDelivered) deliver(terms);
        disputed = uint96(bound(disputed, 1, AMOUNT - 1));
        disputeBy(PAYER, terms, disputed);
        vm.prank(ARBITER);
        escrow.rule(terms, 0, disputed);
        assertState(
            terms,
            isDelivered ? IInvoiceEscrow.Status.Delivered : IInvoiceEscrow.Status.Funded,
            AMOUNT - disputed
        );
        vm.warp(isDelivered ? NOW + WINDOW : uint256(DELIVER_BY) + 1);
        settle(terms);
        if (isDelivered) assertPaid(AMOUNT - disputed, disputed, 0, 0);
        else assertPaid(0, AMOUNT, 0, 0);
    }

    // settle, given a dispute

    function testFuzz_Settle_WhileTheArbiterMayRule(uint96 disputed) external {
        disputed = uint96(bound(disputed, 1, AMOUNT));
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        deliver(terms);
        disputeBy(PAYER, terms, disputed);
        vm.warp(NOW + WINDOW);
        if (disputed != AMOUNT) settle(terms);
        assertPaid(AMOUNT - disputed, 0, 0, disputed);
        vm.warp(NOW + ARBITER_TIMEOUT);
        bytes memory expected = abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_NothingDue.selector, id);
        assertReverts(STRANGER, address(escrow), abi.encodeCall(escrow.settle, (terms)), expected);
    }

    function testFuzz_Settle_WhenTheArbiterStayedSilent(uint96 disputed, uint16 shareBps, uint40 time) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.defaultPayeeShareBps = uint16(bound(shareBps, 0, 10_000));
        terms.deliverBy = NOW + 366 days;
        disputed = uint96(bound(disputed, 1, AMOUNT));
        fund(terms);
        disputeBy(PAYEE, terms, disputed);
        vm.warp(bound(time, NOW + ARBITER_TIMEOUT + 1, terms.deliverBy));
        uint96 toPayee = uint96((uint256(disputed) * terms.defaultPayeeShareBps) / 10_000);
        vm.recordLogs();
        settle(terms);
        _assertEnded(terms, address(0), toPayee, disputed - toPayee, 0);
        _assertAfterDispute(terms, disputed);
        assertPaid(toPayee, disputed - toPayee, 0, AMOUNT - disputed);
    }

    function testFuzz_Settle_DoesAllThatIsDueAtOnce(uint96 disputed, bool isDelivered, bool isDeemed) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.deemedDelivered = isDeemed;
        disputed = uint96(bound(disputed, 1, AMOUNT));
        fund(terms);
        if (isDelivered) deliver(terms);
        disputeBy(PAYER, terms, disputed);
        vm.warp(uint256(DELIVER_BY) + 366 days);
        settle(terms);
        uint96 toPayee = uint96((uint256(disputed) * DEFAULT_SHARE_BPS) / 10_000);
        uint96 rest = AMOUNT - disputed;
        if (isDelivered || isDeemed) assertPaid(toPayee + rest, disputed - toPayee, 0, 0);
        else assertPaid(toPayee, disputed - toPayee + rest, 0, 0);
    }

    // What the tests share.

    function _disputed(uint96 amount) private returns (IInvoiceEscrow.Terms memory terms) {
        terms = plainTerms();
        fund(terms);
        disputeBy(PAYER, terms, amount);
    }

    function _assertAfterDispute(IInvoiceEscrow.Terms memory terms, uint96 disputed) private view {
        bool isWhole = disputed == AMOUNT;
        assertState(
            terms,
            isWhole ? IInvoiceEscrow.Status.Ruled : IInvoiceEscrow.Status.Funded,
            AMOUNT - disputed
        );
        _assertDispute(terms, 0, 0, address(0), 0);
    }

    function _assertDispute(
        IInvoiceEscrow.Terms memory terms,
        uint256 disputed,
        uint256 rulesUntil,
        address offeredBy,
        uint256 offeredToPayee
    ) private view {
        IInvoiceEscrow.EscrowState memory state = escrow.stateOf(terms);
        assertEqual("disputed", state.disputed, disputed);
        assertEqual("rules until", state.rulesUntil, rulesUntil);
        assertEqual("offered by", state.offeredBy, offeredBy);
        assertEqual("offered", state.offeredToPayee, offeredToPayee);
    }

    function _assertRaised(bytes32 id, address by, uint96 added, uint96 disputed, uint40 rulesUntil) private {
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEqual("event", log.topics[0], IInvoiceEscrow.DisputeRaised.selector);
        assertEqual("id", log.topics[1], id);
        assertEqual("by", log.topics[2], bytes32(uint256(uint160(by))));
        assertEqual("data", keccak256(log.data), keccak256(abi.encode(added, disputed, rulesUntil)));
    }

    function _assertOffered(IInvoiceEscrow.Terms memory terms, address by, uint96 toPayee, uint96 toPayer) private {
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEqual("event", log.topics[0], IInvoiceEscrow.SettlementOffered.selector);
        assertEqual("id", log.topics[1], escrow.termsId(terms));
        assertEqual("by", log.topics[2], bytes32(uint256(uint160(by))));
        assertEqual("data", keccak256(log.data), keccak256(abi.encode(toPayee, toPayer)));
    }

    function _assertEnded(
        IInvoiceEscrow.Terms memory terms,
        address by,
        uint96 toPayee,
        uint96 toPayer,
        uint96 agencyShare
    ) private {
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEqual("event", log.topics[0], IInvoiceEscrow.DisputeEnded.selector);
        assertEqual("id", log.topics[1], escrow.termsId(terms));
        assertEqual("by", log.topics[2], bytes32(uint256(uint160(by))));
        bytes memory expected = abi.encode(toPayee, toPayer, agencyShare, AMOUNT - toPayee - toPayer);
        assertEqual("data", keccak256(log.data), keccak256(expected));
    }

    function _assertDisputeReverts(
        address caller,
        IInvoiceEscrow.Terms memory terms,
        uint96 amount,
        bytes memory expected
    ) private {
        assertReverts(caller, address(escrow), abi.encodeCall(escrow.dispute, (terms, amount)), expected);
    }

    function _assertAcceptReverts(
        address caller,
        IInvoiceEscrow.Terms memory terms,
        uint96 toPayee,
        uint96 toPayer,
        uint96 offered
    ) private {
        bytes memory expected = abi.encodeWithSelector(
            IInvoiceEscrow.InvoiceEscrow_OfferMismatch.selector,
            escrow.termsId(terms),
            toPayee,
            offered
        );
        bytes memory call = abi.encodeCall(escrow.acceptSettlement, (terms, toPayee, toPayer));
        assertReverts(caller, address(escrow), call, expected);
    }
}
