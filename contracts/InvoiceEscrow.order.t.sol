// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {EscrowBase} from "./testing/EscrowBase.sol";

/// @notice A party that is a contract: whoever calls it makes it call on.
contract ForwardingParty {
    error ForwardingParty_CallFailed(bytes answer);

    function forward(address target, bytes calldata call_) external {
        (bool success, bytes memory answer) = target.call(call_);
        if (!success) revert ForwardingParty_CallFailed(answer);
    }
}

/*
What one party does just before, or in the middle of, another's call.

in front of a call
├── the payee refunds one unit before the payer's dispute of the whole -> what is left is disputed
├── the payer releases one unit before the payee's dispute             -> what is left is disputed
├── a raise before a ruling, an offer or an acceptance                 -> it reverts, nothing is divided
├── after the last raise                                               -> the arbiter has its full time
└── an offer is replaced before its acceptance                         -> it reverts, nothing is divided
in the middle of a payout
├── a party disputes the rest                                          -> as right after it
├── a party marks delivery                                             -> as right after it
└── a party calls what pays or takes                                   -> the lock refuses it
what is told
├── given an escrow has ended                                          -> no window, no dispute
├── given all is disputed                                              -> no window; releaseMany tells nothing
└── given there is no such escrow                                      -> nothing, even if it would be deemed
*/
contract InvoiceEscrowOrderTest is EscrowBase {
    function setUp() external {
        openWorld();
    }

    // In front of a call

    function test_Front_ARefundBeforeTheDisputeOfTheWhole() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        deliver(terms);
        vm.warp(NOW + WINDOW - 1);
        refund(terms, 1);
        disputeBy(PAYER, terms, AMOUNT);
        assertEqual("disputed", escrow.stateOf(terms).disputed, AMOUNT - 1);
        vm.warp(NOW + WINDOW);
        _assertRefused(STRANGER, abi.encodeCall(escrow.settle, (terms)));
    }

    function test_Front_AReleaseBeforeThePayeesDispute() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.attestor = ATTESTOR;
        fund(terms);
        vm.warp(DELIVER_BY);
        release(terms, 1);
        disputeBy(PAYEE, terms, AMOUNT);
        vm.warp(DELIVER_BY + 1);
        _assertRefused(STRANGER, abi.encodeCall(escrow.settle, (terms)));
        assertEqual("disputed", escrow.stateOf(terms).disputed, AMOUNT - 1);
    }

    function testFuzz_Front_ARaiseBeforeWhatDivides(uint96 disputed, uint96 toPayee, bool isPayers) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        disputed = uint96(bound(disputed, 2, AMOUNT - 1));
        toPayee = uint96(bound(toPayee, 1, disputed - 1));
        disputeBy(PAYER, terms, disputed);
        (address one, address other) = isPayers ? (PAYER, PAYEE) : (PAYEE, PAYER);
        vm.prank(one);
        escrow.offerSettlement(terms, toPayee, disputed - toPayee);
        disputeBy(one, terms, 1);
        _assertRefused(other, abi.encodeCall(escrow.acceptSettlement, (terms, toPayee, disputed - toPayee)));
        _assertRefused(other, abi.encodeCall(escrow.offerSettlement, (terms, toPayee, disputed - toPayee)));
        _assertRefused(ARBITER, abi.encodeCall(escrow.rule, (terms, toPayee, disputed - toPayee)));
        assertPaid(0, 0, 0, AMOUNT);
    }

    /// @dev Raises end with the window; then the arbiter has its whole time, in which nobody can make a ruling miss.
    function testFuzz_Front_RaisesEndBeforeTheArbitersTime(uint32 time, uint96 toPayee) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        deliver(terms);
        disputeBy(PAYEE, terms, 1000);
        vm.warp(NOW + bound(time, 0, WINDOW - 1));
        disputeBy(PAYER, terms, 1);
        uint256 rulesUntil = block.timestamp + ARBITER_TIMEOUT;
        vm.warp(NOW + WINDOW);
        _assertRefused(PAYER, abi.encodeCall(escrow.dispute, (terms, 1)));
        _assertRefused(PAYEE, abi.encodeCall(escrow.dispute, (terms, 1)));
        toPayee = uint96(bound(toPayee, 0, 1001));
        vm.warp(rulesUntil);
        vm.prank(ARBITER);
        escrow.rule(terms, toPayee, 1001 - toPayee);
        assertPaid(toPayee, 1001 - toPayee, 0, AMOUNT - 1001);
    }

    function testFuzz_Front_AnOfferReplacedBeforeItsAcceptance(uint96 first, uint96 second) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        disputeBy(PAYER, terms, AMOUNT);
        first = uint96(bound(first, 1, AMOUNT - 1));
        second = uint96(bound(second, 1, AMOUNT - 1));
        vm.assume(first != second);
        vm.prank(PAYER);
        escrow.offerSettlement(terms, first, AMOUNT - first);
        vm.prank(PAYER);
        escrow.offerSettlement(terms, second, AMOUNT - second);
        _assertRefused(PAYEE, abi.encodeCall(escrow.acceptSettlement, (terms, first, AMOUNT - first)));
        assertPaid(0, 0, 0, AMOUNT);
    }

    // In the middle of a payout

    function testFuzz_Middle_ADisputeInAPayout(uint96 part, uint96 amount) external {
        (ForwardingParty party, IInvoiceEscrow.Terms memory terms) = _fundThroughAParty();
        part = uint96(bound(part, 1, AMOUNT - 1));
        amount = uint96(bound(amount, 1, type(uint96).max));
        token.setReentry(address(party), _forwarded(abi.encodeCall(escrow.dispute, (terms, amount))));
        refund(terms, part);
        assertTrue("went through", !token.reentryFailed());
        uint256 left = AMOUNT - part;
        assertState(terms, IInvoiceEscrow.Status.Disputed, left);
        assertEqual("disputed", escrow.stateOf(terms).disputed, amount < left ? amount : left);
        assertEqual("refunded", token.balanceOf(address(party)), part);
        assertEqual("held", token.balanceOf(address(escrow)), left);
    }

    function test_Middle_DeliveryInAPayout() external {
        (ForwardingParty party, IInvoiceEscrow.Terms memory terms) = _fundThroughAParty();
        token.setReentry(address(party), _forwarded(abi.encodeCall(escrow.markDelivered, (terms))));
        refund(terms, 5);
        assertTrue("went through", !token.reentryFailed());
        assertState(terms, IInvoiceEscrow.Status.Delivered, AMOUNT - 5);
        assertEqual("window", escrow.stateOf(terms).windowEnds, NOW + WINDOW);
    }

    /// @dev A party's own call of what pays or takes is refused by the lock: its rights would let it through.
    function test_Middle_AnotherPayoutInAPayout() external {
        (ForwardingParty party, IInvoiceEscrow.Terms memory terms) = _fundThroughAParty();
        disputeBy(PAYEE, terms, 100);
        vm.prank(PAYEE);
        escrow.offerSettlement(terms, 60, 40);
        bytes[3] memory calls = [
            abi.encodeCall(escrow.acceptSettlement, (terms, 60, 40)),
            abi.encodeCall(escrow.offerSettlement, (terms, 100, 0)),
            abi.encodeCall(escrow.release, (terms, 1))
        ];
        bytes memory byTheLock = abi.encodeWithSelector(
            ForwardingParty.ForwardingParty_CallFailed.selector,
            abi.encodeWithSignature("ReentrancyGuardReentrantCall()")
        );
        for (uint256 i = 0; i < calls.length; ++i) {
            token.setReentry(address(party), _forwarded(calls[i]));
            refund(terms, 1);
            assertTrue("refused", token.reentryFailed());
            assertEqual("by the lock", keccak256(token.reentryAnswer()), keccak256(byTheLock));
            // Right after it, each of them is the party's right.
            uint256 snapshot = vm.snapshotState();
            party.forward(address(escrow), calls[i]);
            vm.revertToState(snapshot);
        }
        assertEqual("still disputed", escrow.stateOf(terms).disputed, 100);
    }

    // What is told

    function testFuzz_StateOf_AfterTheEnd(bool isRelease, bool isDeemed) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.deemedDelivered = isDeemed;
        fund(terms);
        deliver(terms);
        if (isRelease) release(terms, AMOUNT);
        else refund(terms, AMOUNT);
        vm.warp(DELIVER_BY + 1);
        _assertTellsNothing(terms);
    }

    function test_StateOf_WhileAllIsDisputed() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        deliver(terms);
        disputeBy(PAYER, terms, AMOUNT);
        assertEqual("window", escrow.stateOf(terms).windowEnds, 0);
        assertEqual("limit", escrow.stateOf(terms).rulesUntil, NOW + ARBITER_TIMEOUT);
    }

    function test_StateOf_GivenNoSuchEscrow() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.deemedDelivered = true;
        vm.warp(DELIVER_BY + 1);
        assertState(terms, IInvoiceEscrow.Status.None, 0);
        _assertTellsNothing(terms);
    }

    function test_ReleaseMany_WhileAllIsDisputed_TellsNothing() external {
        IInvoiceEscrow.Terms[] memory list = new IInvoiceEscrow.Terms[](1);
        list[0] = plainTerms();
        fund(list[0]);
        disputeBy(PAYER, list[0], AMOUNT);
        vm.recordLogs();
        vm.prank(PAYER);
        assertEqual("released", escrow.releaseMany(list), 0);
        assertEqual("events", vm.getRecordedLogs().length, 0);
    }

    // Helpers of these tests

    function _assertTellsNothing(IInvoiceEscrow.Terms memory terms) private view {
        IInvoiceEscrow.EscrowState memory state = escrow.stateOf(terms);
        assertEqual("remaining", state.remaining, 0);
        assertEqual("window", state.windowEnds, 0);
        assertEqual("disputed", state.disputed, 0);
        assertEqual("limit", state.rulesUntil, 0);
        assertEqual("offer", state.offeredBy, address(0));
    }

    function _assertRefused(address caller, bytes memory call_) private {
        vm.prank(caller);
        (bool success, ) = address(escrow).call(call_);
        assertTrue("refused", !success);
    }

    /// @dev An escrow whose payer is a contract that anyone can make act.
    function _fundThroughAParty() private returns (ForwardingParty party, IInvoiceEscrow.Terms memory terms) {
        party = new ForwardingParty();
        terms = plainTerms();
        terms.payer = address(party);
        vm.prank(PAYER);
        token.transfer(address(party), AMOUNT);
        party.forward(address(token), abi.encodeCall(token.approve, (address(escrow), AMOUNT)));
        party.forward(address(escrow), abi.encodeCall(escrow.fund, (terms, signOffer(terms))));
    }

    function _forwarded(bytes memory call_) private view returns (bytes memory) {
        return abi.encodeCall(ForwardingParty.forward, (address(escrow), call_));
    }
}
