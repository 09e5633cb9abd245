// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInstallmentPlan} from "./interfaces/IInstallmentPlan.sol";
import {GuardedToken} from "./libraries/GuardedToken.sol";
import {HostileToken} from "./testing/HostileToken.sol";
import {PlanTest} from "./testing/PlanBase.sol";
import {SigningToken} from "./testing/SigningToken.sol";
import {Vm} from "./testing/Vm.sol";

/*
markDefault
├── given the plan was never agreed, is done, ended or in default
│                                                    -> it reverts with StatusInvalid
├── given nothing is missed                          -> it reverts with NothingMissed, to the last second of grace
├── given the payer has money and allowance          -> it pulls the oldest instalment instead, and answers false
├── given money or allowance lack by a unit or more  -> the plan is in default, PlanDefaulted tells how much is missed
├── given the token fails, able or not the payer     -> it reverts with TokenFailing: its trouble is no default
└── given too little gas                             -> it reverts with GasTooLow; never a default of a payer who is able
cure
├── given nothing is missed after a payment          -> active again, with PlanCured, whichever way it was paid
├── given something is still missed                  -> it stays in default
├── given the last instalment is paid                -> done
└── given it was cured                               -> it can default again
cancel
├── given the caller is neither payer nor payee      -> it reverts with CallerInvalid
├── given the plan was never agreed, is done or ended-> it reverts with StatusInvalid
└── it emits PlanCancelled with what is unpaid and overdue, and nothing ever moves again
standingOf
├── given a plan that runs                           -> it is what plain loops count, at any time
└── given any other                                  -> it claims nothing
token calls back
└── into any function                                -> what could touch a running plan is refused by the lock
tokens sent by mistake
└── they change nothing
*/
contract InstallmentPlanDefaultsTest is PlanTest {
    function newToken() internal override returns (HostileToken) {
        return new SigningToken();
    }

    // markDefault

    function test_MarkDefault_RevertGiven_ThePlanDoesNotRun() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        _assertMarkReverts(terms, statusInvalid(id, IInstallmentPlan.Status.None));
        agree(terms);
        uint256 active = vm.snapshotState();
        payEarly(terms, 0, COUNT);
        _assertMarkReverts(terms, statusInvalid(id, IInstallmentPlan.Status.Done));
        vm.revertToState(active);
        cancelBy(PAYER, terms);
        _assertMarkReverts(terms, statusInvalid(id, IInstallmentPlan.Status.Cancelled));
        vm.revertToState(active);
        makeDefault(terms);
        _assertMarkReverts(terms, statusInvalid(id, IInstallmentPlan.Status.Defaulted));
    }

    function testFuzz_MarkDefault_RevertGiven_NothingIsMissed(uint256 seed, uint16 paid, uint40 time) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) markSettled(terms, 0, paid);
        allow(PAYER, 0);
        uint256 graceEnds = dueAt(terms, paid) + terms.grace;
        vm.warp(bound(time, NOW, graceEnds));
        _assertMarkReverts(terms, nothingMissed(id));
        vm.warp(graceEnds);
        _assertMarkReverts(terms, nothingMissed(id));
        vm.warp(graceEnds + 1);
        assertTrue("a second later", markDefault(terms));
        assertState(terms, IInstallmentPlan.Status.Defaulted, paid);
    }

    function testFuzz_MarkDefault_GivenThePayerIsAble_ItPulls(uint256 seed, uint16 paid, bool isExact) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) payEarly(terms, 0, paid);
        uint256 amount = amountOf(terms, paid, 1);
        if (isExact) {
            token.shrink(PAYER, token.balanceOf(PAYER) - amount);
            allow(PAYER, amount);
        }
        uint256 before = token.balanceOf(PAYEE);
        vm.warp(dueAt(terms, terms.count) + terms.grace);
        vm.recordLogs();
        assertTrue("no default", !markDefault(terms));
        Vm.Log[] memory logs = planLogs();
        bytes memory data = abi.encode(uint16(1), paid + 1, amount);
        assertLog(logs[0], IInstallmentPlan.InstalmentsPaid.selector, id, data);
        bool isDone = paid + 1 == terms.count;
        if (isDone) assertLog(logs[1], IInstallmentPlan.PlanDone.selector, id, "");
        assertEqual("events", logs.length, isDone ? 2 : 1);
        assertState(terms, isDone ? IInstallmentPlan.Status.Done : IInstallmentPlan.Status.Active, paid + 1);
        assertEqual("pulled", token.balanceOf(PAYEE) - before, amount);
    }

    function testFuzz_MarkDefault_GivenMoneyOrAllowanceLack(
        uint256 seed,
        uint16 paid,
        uint256 short,
        bool isMoney,
        uint40 time
    ) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) markSettled(terms, 0, paid);
        uint256 amount = amountOf(terms, paid, 1);
        uint256 left = short % 4 == 0 ? amount - 1 : short % amount;
        if (isMoney) token.shrink(PAYER, WEALTH - left);
        else allow(PAYER, left);
        time = uint40(bound(time, dueAt(terms, paid) + terms.grace + 1, dueAt(terms, terms.count) + 800 days));
        vm.warp(time);
        vm.recordLogs();
        assertTrue("default", markDefault(terms));
        Vm.Log[] memory logs = planLogs();
        assertEqual("events", logs.length, 1);
        bytes memory data = abi.encode(paid, uint16(missedCount(terms, paid, time)));
        assertLog(logs[0], IInstallmentPlan.PlanDefaulted.selector, id, data);
        assertState(terms, IInstallmentPlan.Status.Defaulted, paid);
        assertEqual("nothing moved", token.balanceOf(PAYEE), 0);
    }

    function testFuzz_MarkDefault_RevertGiven_TheTokenFails(uint256 seed, uint8 trouble, uint8 lack) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        vm.warp(dueAt(terms, 0) + terms.grace + 1);
        if (lack % 3 == 1) allow(PAYER, 0);
        if (lack % 3 == 2) token.shrink(PAYER, WEALTH);
        HostileToken.Manner[4] memory manners = [
            HostileToken.Manner.Paused,
            HostileToken.Manner.ReturnsFalse,
            HostileToken.Manner.ReturnsWords,
            HostileToken.Manner.BurnsGas
        ];
        if (trouble % 6 < 4) token.setManner(manners[trouble % 6]);
        else token.setBlocked(trouble % 6 == 4 ? PAYER : PAYEE, true);
        _assertMarkReverts(terms, tokenFailing(id, amountOf(terms, 0, 1)));
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertEqual("nothing moved", token.balanceOf(PAYEE), 0);
    }

    function test_MarkDefault_GivenTheTokenAnswersNothing() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        agree(terms);
        token.setManner(HostileToken.Manner.NoReturnValue);
        vm.warp(uint256(START) + GRACE + 1);
        assertTrue("pulled", !markDefault(terms));
        assertMoved(EACH);
        vm.warp(dueAt(terms, 1) + GRACE + 1);
        allow(PAYER, 0);
        assertTrue("default", markDefault(terms));
    }

    function testFuzz_MarkDefault_GivenTooLittleGas_NoDefaultArises(uint256 gasLimit) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        agree(terms);
        vm.warp(uint256(START) + GRACE + 1);
        gasLimit = bound(gasLimit, 30_000, 600_000);
        vm.prank(STRANGER);
        (bool success, ) = address(plan).call{gas: gasLimit}(abi.encodeCall(plan.markDefault, (terms)));
        assertState(terms, IInstallmentPlan.Status.Active, success ? 1 : 0);
        assertMoved(success ? EACH : 0);
    }

    function test_MarkDefault_RevertGiven_TooLittleGas() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        agree(terms);
        vm.warp(uint256(START) + GRACE + 1);
        vm.prank(STRANGER);
        (bool success, bytes memory answer) = address(plan).call{gas: 300_000}(
            abi.encodeCall(plan.markDefault, (terms))
        );
        assertTrue("it reverts", !success);
        bytes32 expected = bytes32(GuardedToken.GuardedToken_GasTooLow.selector);
        assertEqual("with", bytes32(bytes4(answer)), expected);
    }

    // cure

    function testFuzz_Cure_WhenNothingIsMissedAnyMore(uint256 seed, uint40 time, uint16 payment, uint8 way) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        makeDefault(terms);
        time = uint40(bound(time, vm.getBlockTimestamp(), dueAt(terms, terms.count) + 400 days));
        vm.warp(time);
        uint256 most = way % 3 == 0 ? dueCount(terms, 0, time) : terms.count;
        payment = uint16(bound(payment, 1, most));
        allow(PAYER, type(uint256).max);
        vm.recordLogs();
        if (way % 3 == 0) pull(terms, payment);
        else if (way % 3 == 1) payEarly(terms, 0, payment);
        else markSettled(terms, 0, payment);

        bool isDone = payment == terms.count;
        bool isCured = missedCount(terms, payment, time) == 0;
        Vm.Log[] memory logs = planLogs();
        assertEqual("events", logs.length, 1 + (isCured ? 1 : 0) + (isDone ? 1 : 0));
        if (isCured) assertLog(logs[1], IInstallmentPlan.PlanCured.selector, id, abi.encode(payment));
        if (isDone) assertLog(logs[2], IInstallmentPlan.PlanDone.selector, id, "");
        IInstallmentPlan.Status running = isCured
            ? IInstallmentPlan.Status.Active
            : IInstallmentPlan.Status.Defaulted;
        assertState(terms, isDone ? IInstallmentPlan.Status.Done : running, payment);
    }

    function test_Cure_ItCanDefaultAgain() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        agree(terms);
        makeDefault(terms);
        allow(PAYER, EACH);
        pull(terms, 1);
        assertState(terms, IInstallmentPlan.Status.Active, 1);
        vm.warp(dueAt(terms, 1) + GRACE + 1);
        assertTrue("again", markDefault(terms));
        assertState(terms, IInstallmentPlan.Status.Defaulted, 1);
        assertMoved(EACH);
    }

    // cancel

    function testFuzz_Cancel_RevertGiven_CallerIsNoParty(address caller) external {
        vm.assume(caller != PAYER && caller != PAYEE);
        agree(plainTerms());
        bytes memory call = abi.encodeCall(plan.cancel, (plainTerms()));
        assertReverts(caller, address(plan), call, callerInvalid(caller));
    }

    function testFuzz_Cancel_RevertGiven_ThePlanDoesNotRun(bool isPayer) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        address party = isPayer ? PAYER : PAYEE;
        bytes memory call = abi.encodeCall(plan.cancel, (terms));
        assertReverts(party, address(plan), call, statusInvalid(id, IInstallmentPlan.Status.None));
        agree(terms);
        uint256 active = vm.snapshotState();
        payEarly(terms, 0, COUNT);
        assertReverts(party, address(plan), call, statusInvalid(id, IInstallmentPlan.Status.Done));
        vm.revertToState(active);
        cancelBy(party, terms);
        assertReverts(party, address(plan), call, statusInvalid(id, IInstallmentPlan.Status.Cancelled));
    }

    function testFuzz_Cancel_EndsThePlanForGood(
        uint256 seed,
        uint40 time,
        uint16 paid,
        bool isPayer,
        bool isDefaulted
    ) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) payEarly(terms, 0, paid);
        if (isDefaulted) {
            vm.warp(dueAt(terms, paid) + terms.grace + 1);
            allow(PAYER, 0);
            assertTrue("default", markDefault(terms));
            allow(PAYER, type(uint256).max);
        }
        time = uint40(bound(time, vm.getBlockTimestamp(), dueAt(terms, terms.count) + 400 days));
        vm.warp(time);
        vm.recordLogs();
        address party = isPayer ? PAYER : PAYEE;
        cancelBy(party, terms);
        Vm.Log[] memory logs = planLogs();
        assertEqual("events", logs.length, 1);
        bytes memory data = abi.encode(terms.count - paid, uint16(dueCount(terms, paid, time)));
        assertLog(logs[0], IInstallmentPlan.PlanCancelled.selector, id, data);
        assertEqual("by", logs[0].topics[2], bytes32(uint256(uint160(party))));

        vm.warp(type(uint40).max);
        _assertNothingMovesAnyMore(terms, statusInvalid(id, IInstallmentPlan.Status.Cancelled), paid);
        assertMoved(amountOf(terms, 0, paid));
    }

    // standingOf

    function testFuzz_StandingOf_IsWhatPlainLoopsCount(uint256 seed, uint40 time, uint16 paid) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) payEarly(terms, 0, paid);
        time = uint40(bound(time, NOW, dueAt(terms, terms.count) + 800 days));
        vm.warp(time);
        _assertStanding(terms, paid);
    }

    function testFuzz_StandingOf_AtTheSecond(uint256 seed, uint16 which, uint16 paid) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) payEarly(terms, 0, paid);
        uint256 due = dueAt(terms, which % terms.count);
        uint256[5] memory times = [due - 1, due, due + terms.grace - 1, due + terms.grace, due + terms.grace + 1];
        for (uint256 i = 0; i < 5; ++i) {
            vm.warp(times[i]);
            _assertStanding(terms, paid);
        }
    }

    function testFuzz_StandingOf_GivenThePlanDoesNotRun_ClaimsNothing(uint256 seed, uint40 time, bool isDone) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        _assertNothingIsClaimed(terms, IInstallmentPlan.Status.None, 0, time);
        vm.warp(NOW);
        agree(terms);
        if (isDone) payEarly(terms, 0, terms.count);
        else cancelBy(PAYER, terms);
        IInstallmentPlan.Status status = isDone ? IInstallmentPlan.Status.Done : IInstallmentPlan.Status.Cancelled;
        _assertNothingIsClaimed(terms, status, isDone ? terms.count : 0, time);
    }

    // token calls back

    function testFuzz_Reentry_IntoAnyFunctionOfARunningPlan(uint8 which, uint8 through) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        // The token itself is the payee, so that its calls come from a party.
        terms.payee = address(token);
        _agreeByAnswer(terms);
        IInstallmentPlan.Terms memory other = plainTerms();
        other.payee = address(token);
        other.settlementKey = keccak256("other");
        _agreeByAnswer(other);
        vm.warp(dueAt(terms, 1) + GRACE + 1);

        bytes[6] memory calls = [
            abi.encodeCall(plan.pull, (other, 1)),
            abi.encodeCall(plan.pullMany, (new IInstallmentPlan.Pull[](1))),
            abi.encodeCall(plan.payEarly, (other, 0, 1)),
            abi.encodeCall(plan.markSettled, (other, 0, 1)),
            abi.encodeCall(plan.markDefault, (other)),
            abi.encodeCall(plan.cancel, (terms))
        ];
        token.setReentry(address(plan), calls[which % 6]);
        _moveThrough(through, terms);
        assertTrue("refused", token.reentryFailed());
        bytes32 expected = bytes32(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        assertEqual("by the lock", bytes32(bytes4(token.reentryAnswer())), expected);
        assertState(terms, IInstallmentPlan.Status.Active, 1);
        assertState(other, IInstallmentPlan.Status.Active, 0);
        assertEqual("paid once", token.balanceOf(address(token)), EACH);
    }

    function testFuzz_Reentry_IntoTheAgreement_CannotTouchThePlan(uint8 which, uint8 through) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.payee = address(token);
        bytes32 id = _agreeByAnswer(terms);
        bytes memory byPayer = signWith(PAYER_KEY, id);
        vm.warp(START);
        bytes[2] memory calls = [
            abi.encodeCall(plan.cancelOffer, (terms)),
            abi.encodeCall(plan.agreeSigned, (terms, byPayer, ""))
        ];
        token.setReentry(address(plan), calls[which % 2]);
        // Not by markDefault: nothing is missed while the offer is open.
        _moveThrough(through % 3, terms);
        assertTrue("refused", token.reentryFailed());
        bytes memory expected = statusInvalid(id, IInstallmentPlan.Status.Active);
        assertEqual("it is agreed already", keccak256(token.reentryAnswer()), keccak256(expected));
        assertState(terms, IInstallmentPlan.Status.Active, 1);
    }

    // tokens sent by mistake

    function testFuzz_Mistake_TokensSentChangeNothing(uint96 gift, uint16 instalments) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        agree(terms);
        gift = uint96(bound(gift, 1, WEALTH));
        instalments = uint16(bound(instalments, 1, COUNT));
        vm.prank(STRANGER);
        token.tap(gift);
        vm.prank(STRANGER);
        token.transfer(address(plan), gift);
        vm.warp(dueAt(terms, COUNT));
        pull(terms, instalments);
        assertEqual("payer", token.balanceOf(PAYER), WEALTH - amountOf(terms, 0, instalments));
        assertEqual("payee", token.balanceOf(PAYEE), amountOf(terms, 0, instalments));
        assertEqual("gift", token.balanceOf(address(plan)), gift);
    }

    // What the tests share.

    /// @dev Agrees for a payee that is the token: it says yes to whatever it is asked.
    function _agreeByAnswer(IInstallmentPlan.Terms memory terms) private returns (bytes32 id) {
        id = plan.termsId(terms);
        vm.prank(PAYER);
        plan.agree(terms, "");
    }

    function _moveThrough(uint256 through, IInstallmentPlan.Terms memory terms) private {
        if (through % 4 == 0) pull(terms, 1);
        else if (through % 4 == 1) payEarly(terms, 0, 1);
        else if (through % 4 == 2) {
            IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](1);
            pulls[0] = IInstallmentPlan.Pull(terms, 1);
            assertTrue("pulled", plan.pullMany(pulls)[0]);
        } else {
            assertTrue("no default", !markDefault(terms));
        }
    }

    function _assertMarkReverts(IInstallmentPlan.Terms memory terms, bytes memory expected) private {
        assertReverts(STRANGER, address(plan), abi.encodeCall(plan.markDefault, (terms)), expected);
    }

    function _assertNothingMovesAnyMore(
        IInstallmentPlan.Terms memory terms,
        bytes memory expected,
        uint16 paid
    ) private {
        _assertMarkReverts(terms, expected);
        assertReverts(STRANGER, address(plan), abi.encodeCall(plan.pull, (terms, 1)), expected);
        assertReverts(PAYER, address(plan), abi.encodeCall(plan.payEarly, (terms, paid, 1)), expected);
        assertReverts(PAYEE, address(plan), abi.encodeCall(plan.markSettled, (terms, paid, 1)), expected);
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](1);
        pulls[0] = IInstallmentPlan.Pull(terms, 1);
        assertTrue("not pulled", !plan.pullMany(pulls)[0]);
    }

    function _assertStanding(IInstallmentPlan.Terms memory terms, uint16 paid) private view {
        IInstallmentPlan.Standing memory standing = plan.standingOf(terms);
        uint256 due = dueCount(terms, paid, vm.getBlockTimestamp());
        assertEqual("status", uint256(standing.status), uint256(IInstallmentPlan.Status.Active));
        assertEqual("paid", standing.paid, paid);
        assertEqual("due", standing.due, dueCount(terms, 0, vm.getBlockTimestamp()));
        assertEqual("missed", standing.missed, missedCount(terms, paid, vm.getBlockTimestamp()));
        assertEqual("overdue", standing.overdueAmount, amountOf(terms, paid, due));
    }

    function _assertNothingIsClaimed(
        IInstallmentPlan.Terms memory terms,
        IInstallmentPlan.Status status,
        uint256 paid,
        uint256 time
    ) private {
        vm.warp(time);
        IInstallmentPlan.Standing memory standing = plan.standingOf(terms);
        assertEqual("status", uint256(standing.status), uint256(status));
        assertEqual("paid", standing.paid, paid);
        assertEqual("claims", standing.due + standing.missed + standing.overdueAmount, 0);
    }
}
