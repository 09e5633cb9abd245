// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {GuardedToken} from "./libraries/GuardedToken.sol";
import {EscrowBase} from "./testing/EscrowBase.sol";
import {HostileToken} from "./testing/HostileToken.sol";

/*
No money is stuck: for every state, every silent party and every trouble of the token there is a way to the rightful
owner, by calls that the wronged party or anyone can make.

payouts
├── given the recipient is blocked                   -> it becomes a credit; the others are paid; the state is final
├── given the token reverts, answers false or oddly, or burns its gas
│                                                    -> it becomes a credit, which can be withdrawn when the trouble is over
├── given the token answers nothing                  -> it is paid
├── given too little gas                             -> it reverts with GasTooLow: no good payout turns into a credit
└── given the token calls back into any function     -> the call back is refused, and the payout goes through
withdrawCredit
├── given no credit                                  -> it reverts with NoCredit
├── given the token still refuses                    -> it reverts, and the credit stays
├── when it would go to the contract or the token    -> it reverts with AccountInvalid
└── it sends the whole credit to any address, once
silence
├── payer silent after delivery                      -> anyone releases after the window
├── payee silent before delivery                     -> anyone refunds after deliverBy
├── arbiter silent                                   -> anyone splits after its time-out
├── attestor silent                                  -> the payee disputes and the arbiter rules
└── any state, any of them blocked, any trouble of the token -> time alone ends it, and all is with its owners
tokens sent by mistake
└── they change nothing
*/
contract InvoiceEscrowPayoutsTest is EscrowBase {
    function setUp() external {
        openWorld();
    }

    // payouts

    function testFuzz_Payout_GivenTheRecipientIsBlocked(uint96 toPayee, uint8 who) external {
        IInvoiceEscrow.Terms memory terms = agencyTerms(1_000);
        toPayee = uint96(bound(toPayee, 10, AMOUNT - 10));
        fund(terms);
        disputeBy(PAYER, terms, AMOUNT);
        address[3] memory parties = [PAYEE, PAYER, AGENCY];
        address unlucky = parties[who % 3];
        token.setBlocked(unlucky, true);
        vm.prank(ARBITER);
        escrow.rule(terms, toPayee, AMOUNT - toPayee);

        assertState(terms, IInvoiceEscrow.Status.Ruled, 0);
        uint256 share = toPayee / 10;
        uint256[3] memory due = [uint256(toPayee) - share, AMOUNT - toPayee, share];
        for (uint256 i = 0; i < 3; ++i) {
            assertEqual("credit", escrow.creditOf(parties[i]), parties[i] == unlucky ? due[i] : 0);
        }
        assertPaid(toPayee - share, AMOUNT - toPayee, share, 0);
        _withdraw(unlucky, address(0xFEED));
        assertEqual("elsewhere", token.balanceOf(address(0xFEED)), due[who % 3]);
        assertEqual("empty", token.balanceOf(address(escrow)), 0);
    }

    function testFuzz_Payout_GivenTroubleOfTheToken(uint8 trouble, bool isRefund) external {
        HostileToken.Manner[4] memory troubles = [
            HostileToken.Manner.Paused,
            HostileToken.Manner.ReturnsFalse,
            HostileToken.Manner.BurnsGas,
            HostileToken.Manner.ReturnsWords
        ];
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        HostileToken.Manner manner = troubles[trouble % 4];
        token.setManner(manner);
        if (isRefund) refund(terms, AMOUNT);
        else release(terms, AMOUNT);
        address owner = isRefund ? PAYER : PAYEE;
        assertEqual("credit", escrow.creditOf(owner), AMOUNT);
        assertState(terms, isRefund ? IInvoiceEscrow.Status.Refunded : IInvoiceEscrow.Status.Released, 0);

        // The answer 2 is no `true`, although this token moved the money: a vetted token does neither.
        if (manner == HostileToken.Manner.ReturnsWords) return;
        token.setManner(HostileToken.Manner.Proper);
        uint256 before = token.balanceOf(owner);
        _withdraw(owner, owner);
        assertEqual("withdrawn", token.balanceOf(owner) - before, AMOUNT);
    }

    function test_Payout_GivenTheTokenAnswersNothing() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        token.setManner(HostileToken.Manner.NoReturnValue);
        release(terms, AMOUNT);
        assertEqual("no credit", escrow.creditOf(PAYEE), 0);
        assertPaid(AMOUNT, 0, 0, 0);
    }

    function testFuzz_Payout_GivenTooLittleGas_NoCreditArises(uint256 gasLimit) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        gasLimit = bound(gasLimit, 30_000, 600_000);
        vm.prank(PAYER);
        (bool success, ) = address(escrow).call{gas: gasLimit}(abi.encodeCall(escrow.release, (terms, AMOUNT)));
        assertEqual("no credit", escrow.creditOf(PAYEE), 0);
        assertEqual("paid exactly when it succeeded", token.balanceOf(PAYEE), success ? AMOUNT : 0);
        assertState(
            terms,
            success ? IInvoiceEscrow.Status.Released : IInvoiceEscrow.Status.Funded,
            success ? 0 : AMOUNT
        );
    }

    function test_Payout_RevertGiven_TooLittleGas() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        vm.prank(PAYER);
        (bool success, bytes memory answer) = address(escrow).call{gas: 250_000}(
            abi.encodeCall(escrow.release, (terms, AMOUNT))
        );
        assertTrue("it reverts", !success);
        bytes32 expected = bytes32(GuardedToken.GuardedToken_GasTooLow.selector);
        assertEqual("with", bytes32(bytes4(answer)), expected);
    }

    function testFuzz_Payout_GivenTheTokenCallsBack(uint8 which) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        IInvoiceEscrow.Terms memory other = plainTerms();
        other.settlementKey = keccak256("other");
        fund(terms);
        fund(other);
        bytes[] memory calls = _lockedCalls(other);
        token.setReentry(address(escrow), calls[which % calls.length]);
        release(terms, AMOUNT);
        assertTrue("refused", token.reentryFailed());
        bytes32 expected = bytes32(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        assertEqual("by the lock", bytes32(bytes4(token.reentryAnswer())), expected);
        assertEqual("paid", token.balanceOf(PAYEE), AMOUNT);
        assertState(other, IInvoiceEscrow.Status.Funded, AMOUNT);
    }

    // withdrawCredit

    function testFuzz_WithdrawCredit_RevertGiven_NoCredit(address caller) external {
        bytes memory expected = abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_NoCredit.selector, caller);
        assertReverts(caller, address(escrow), abi.encodeCall(escrow.withdrawCredit, (caller)), expected);
    }

    function test_WithdrawCredit_RevertGiven_TheTokenRefuses() external {
        _creditPayee();
        bytes memory expected = abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, PAYEE);
        assertReverts(PAYEE, address(escrow), abi.encodeCall(escrow.withdrawCredit, (PAYEE)), expected);
        assertEqual("it stays", escrow.creditOf(PAYEE), AMOUNT);
    }

    function test_WithdrawCredit_RevertWhen_ItWouldBeLost() external {
        _creditPayee();
        address[2] memory traps = [address(escrow), address(token)];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory expected = abi.encodeWithSelector(
                IInvoiceEscrow.InvoiceEscrow_AccountInvalid.selector,
                traps[i]
            );
            assertReverts(PAYEE, address(escrow), abi.encodeCall(escrow.withdrawCredit, (traps[i])), expected);
        }
    }

    function testFuzz_WithdrawCredit_SendsItAnywhereOnce(address to) external {
        vm.assume(to != address(0) && to != PAYEE && to != PAYER && to != address(escrow) && to != address(token));
        _creditPayee();
        _withdraw(PAYEE, to);
        assertEqual("sent", token.balanceOf(to), AMOUNT);
        assertEqual("gone", escrow.creditOf(PAYEE), 0);
        bytes memory expected = abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_NoCredit.selector, PAYEE);
        assertReverts(PAYEE, address(escrow), abi.encodeCall(escrow.withdrawCredit, (to)), expected);
    }

    // silence

    function test_Silence_OfTheAttestor() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.attestor = ATTESTOR;
        fund(terms);
        vm.warp(DELIVER_BY);
        disputeBy(PAYEE, terms, AMOUNT);
        vm.warp(uint256(DELIVER_BY) + 1 days);
        vm.prank(ARBITER);
        escrow.rule(terms, AMOUNT, 0);
        assertPaid(AMOUNT, 0, 0, 0);
    }

    function testFuzz_Silence_EveryStateEndsByTimeAlone(uint8 kind, uint96 disputed, uint8 blockedMask) external {
        IInvoiceEscrow.Terms memory terms = agencyTerms(777);
        terms.deemedDelivered = kind & 1 != 0;
        disputed = uint96(bound(disputed, 1, AMOUNT));
        fund(terms);
        if (kind & 2 != 0) deliver(terms);
        if (kind & 4 != 0) disputeBy(kind & 8 != 0 ? PAYER : PAYEE, terms, disputed);
        if (blockedMask & 1 != 0) token.setBlocked(PAYER, true);
        if (blockedMask & 2 != 0) token.setBlocked(PAYEE, true);
        if (blockedMask & 4 != 0) token.setBlocked(AGENCY, true);
        vm.warp(uint256(DELIVER_BY) + 366 days);
        settle(terms);
        IInvoiceEscrow.EscrowState memory state = escrow.stateOf(terms);
        assertEqual("nothing is held", state.remaining, 0);
        uint256 share = (uint256(state.released) * 777) / 10_000;
        assertPaid(state.released - share, AMOUNT - state.released, share, 0);
    }

    function testFuzz_Silence_EveryStateEndsUnderEveryTroubleOfTheToken(
        uint8 kind,
        uint96 disputed,
        uint8 trouble
    ) external {
        IInvoiceEscrow.Terms memory terms = agencyTerms(777);
        terms.deemedDelivered = kind & 1 != 0;
        fund(terms);
        if (kind & 2 != 0) deliver(terms);
        if (kind & 4 != 0) disputeBy(kind & 8 != 0 ? PAYER : PAYEE, terms, uint96(bound(disputed, 1, AMOUNT)));
        token.setManner(
            [HostileToken.Manner.Paused, HostileToken.Manner.ReturnsFalse, HostileToken.Manner.BurnsGas][trouble % 3]
        );
        vm.warp(uint256(DELIVER_BY) + 366 days);
        settle(terms);

        IInvoiceEscrow.EscrowState memory state = escrow.stateOf(terms);
        assertEqual("nothing is held", state.remaining, 0);
        token.setManner(HostileToken.Manner.Proper);
        address[3] memory owners = [PAYEE, PAYER, AGENCY];
        for (uint256 i = 0; i < 3; ++i) {
            if (escrow.creditOf(owners[i]) != 0) _withdraw(owners[i], owners[i]);
        }
        assertEqual("nothing is left", token.balanceOf(address(escrow)), 0);
        uint256 share = (uint256(state.released) * 777) / 10_000;
        assertPaid(state.released - share, AMOUNT - state.released, share, 0);
    }

    // tokens sent by mistake

    function testFuzz_Mistake_TokensSentChangeNothing(uint96 gift, uint96 part) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        gift = uint96(bound(gift, 1, 1_000e6));
        part = uint96(bound(part, 1, AMOUNT - 1));
        vm.prank(STRANGER);
        token.tap(gift);
        vm.prank(STRANGER);
        token.transfer(address(escrow), gift / 2 + 1 > gift ? gift : gift / 2 + 1);
        fund(terms);
        release(terms, part);
        refund(terms, AMOUNT - part);
        assertState(terms, IInvoiceEscrow.Status.Refunded, 0);
        assertEqual("payee", token.balanceOf(PAYEE), part);
        assertEqual("payer", token.balanceOf(PAYER), 1_000_000e6 - part);
        assertEqual("gift", token.balanceOf(address(escrow)), gift / 2 + 1 > gift ? gift : gift / 2 + 1);
    }

    // What the tests share.

    function _creditPayee() private {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        fund(terms);
        token.setBlocked(PAYEE, true);
        release(terms, AMOUNT);
    }

    function _withdraw(address owner, address to) private {
        vm.prank(owner);
        escrow.withdrawCredit(to);
    }

    function _lockedCalls(IInvoiceEscrow.Terms memory terms) private view returns (bytes[] memory calls) {
        IInvoiceEscrow.Permit memory permit;
        IInvoiceEscrow.Authorization memory authorization;
        IInvoiceEscrow.DirectPayment memory payment;
        calls = new bytes[](14);
        calls[0] = abi.encodeCall(escrow.fund, (terms, ""));
        calls[1] = abi.encodeCall(escrow.fundWithPermit, (terms, "", permit));
        calls[2] = abi.encodeCall(escrow.fundWithAuthorization, (terms, "", authorization));
        calls[3] = abi.encodeCall(escrow.fundMany, (new IInvoiceEscrow.Offer[](0)));
        calls[4] = abi.encodeCall(escrow.pay, (payment));
        calls[5] = abi.encodeCall(escrow.payMany, (new IInvoiceEscrow.DirectPayment[](0)));
        calls[6] = abi.encodeCall(escrow.release, (terms, 1));
        calls[7] = abi.encodeCall(escrow.releaseMany, (new IInvoiceEscrow.Terms[](0)));
        calls[8] = abi.encodeCall(escrow.refund, (terms, 1));
        calls[9] = abi.encodeCall(escrow.settle, (terms));
        calls[10] = abi.encodeCall(escrow.rule, (terms, 1, 1));
        calls[11] = abi.encodeCall(escrow.withdrawCredit, (PAYEE));
        calls[12] = abi.encodeCall(escrow.offerSettlement, (terms, 1, 1));
        calls[13] = abi.encodeCall(escrow.acceptSettlement, (terms, 1, 1));
    }
}
