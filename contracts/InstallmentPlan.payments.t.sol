// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInstallmentPlan} from "./interfaces/IInstallmentPlan.sol";
import {GuardedToken} from "./libraries/GuardedToken.sol";
import {HostileToken} from "./testing/HostileToken.sol";
import {PlanTest} from "./testing/PlanBase.sol";
import {Vm} from "./testing/Vm.sol";

/*
pull
├── given the plan was never agreed, is done or ended-> it reverts with StatusInvalid
├── when zero or more than are due are asked         -> it reverts with InstalmentsInvalid (both values)
├── given an instalment is due in a second           -> it reverts; at that second it is pulled
├── given money or allowance lack                    -> it reverts with the token's words; nothing changes
├── given the token fails                            -> it reverts; nothing changes
└── given they are due, called by anyone
    ├── it moves exactly their sum from payer to payee in one transfer, whatever the token answers properly
    ├── it emits InstalmentsPaid
    ├── each instalment is pulled once
    └── the last takes the rounding, and ends the plan with PlanDone
pullMany
├── given an empty list                              -> it does nothing
├── given some cannot be pulled                      -> those are left as they were, told so; the rest are pulled
├── it equals pulls one by one, in any order, duplicates included
├── given the token burns its gas                    -> not pulled, nothing changes
└── given too little gas                             -> it reverts with GasTooLow: nothing good is told to be not pulled
payEarly
├── given the caller is not the payer                -> it reverts with CallerInvalid
├── given the plan was never agreed, is done or ended-> it reverts with StatusInvalid
├── given another count is paid than the caller says -> it reverts with PaidMismatch: sent twice, it pays once
├── when zero or more than are left are asked        -> it reverts with InstalmentsInvalid
├── given money or allowance lack                    -> it reverts with the token's words; nothing changes
└── it pays the next ones at any time; they are not pulled again when due
markSettled
├── given the caller is not the payee                -> it reverts with CallerInvalid
├── given the plan was never agreed, is done or ended-> it reverts with StatusInvalid
├── given another count is paid than the caller says -> it reverts with PaidMismatch: overtaken, it forgives nothing
├── when zero or more than are left are asked        -> it reverts with InstalmentsInvalid
└── it moves nothing, emits InstalmentsSettledElsewhere, and those are never pulled
all of them
└── given any mix of pulled, paid early and settled  -> the payer pays the total but what was settled, to the unit
*/
contract InstallmentPlanPaymentsTest is PlanTest {
    // pull: refusals

    function test_Pull_RevertGiven_ThePlanDoesNotRun() external {
        _assertRevertsUnlessRunning(STRANGER, _pullCall(plainTerms(), 1));
    }

    function testFuzz_Pull_RevertWhen_ZeroOrMoreThanAreDue(uint256 seed, uint40 time, uint16 instalments) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        vm.warp(time);
        uint256 due = dueCount(terms, 0, time);
        vm.assume(instalments > due);
        _assertReverts(STRANGER, _pullCall(terms, instalments), instalmentsInvalid(id, instalments, due));
        _assertReverts(STRANGER, _pullCall(terms, 0), instalmentsInvalid(id, 0, due));
        assertState(terms, IInstallmentPlan.Status.Active, 0);
    }

    function testFuzz_Pull_NotASecondTooEarly(uint256 seed, uint16 which) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        uint16 index = uint16(which % terms.count);
        vm.warp(dueAt(terms, index) - 1);
        if (index > 0) pull(terms, index);
        _assertReverts(STRANGER, _pullCall(terms, 1), instalmentsInvalid(id, 1, 0));
        vm.warp(dueAt(terms, index));
        pull(terms, 1);
        assertMoved(amountOf(terms, 0, index + 1));
    }

    function testFuzz_Pull_RevertGiven_MoneyOrAllowanceLack(uint256 seed, uint256 short, bool isMoney) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        vm.warp(dueAt(terms, 0));
        uint256 amount = amountOf(terms, 0, 1);
        uint256 left = short % amount;
        if (isMoney) token.shrink(PAYER, WEALTH - left);
        else allow(PAYER, left);
        bytes memory expected = isMoney
            ? abi.encodeWithSignature("ERC20InsufficientBalance(address,uint256,uint256)", PAYER, left, amount)
            : abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)",
                address(plan),
                left,
                amount
            );
        _assertReverts(STRANGER, _pullCall(terms, 1), expected);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertEqual("payee", token.balanceOf(PAYEE), 0);
    }

    function testFuzz_Pull_RevertGiven_TheTokenFails(uint256 seed, uint8 trouble) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        vm.warp(dueAt(terms, 0));
        bytes memory expected = _makeTrouble(trouble % 5);
        _assertReverts(STRANGER, _pullCall(terms, 1), expected);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertMoved(0);
    }

    // pull: effects

    function testFuzz_Pull_MovesTheDueSumAndEmits(
        uint256 seed,
        address caller,
        uint40 time,
        uint16 instalments
    ) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        time = uint40(bound(time, dueAt(terms, 0), dueAt(terms, terms.count) + 1 days));
        vm.warp(time);
        instalments = uint16(bound(instalments, 1, dueCount(terms, 0, time)));
        vm.recordLogs();
        vm.prank(caller);
        plan.pull(terms, instalments);
        uint256 amount = amountOf(terms, 0, instalments);
        _assertPaidEvents(id, terms, instalments, instalments, amount, 2);
        bool isDone = instalments == terms.count;
        assertState(terms, isDone ? IInstallmentPlan.Status.Done : IInstallmentPlan.Status.Active, instalments);
        assertMoved(amount);
    }

    function testFuzz_Pull_EachInstalmentOnce(uint256 seed) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        for (uint16 i = 0; i < terms.count; ++i) {
            vm.warp(dueAt(terms, i));
            pull(terms, 1);
            assertMoved(amountOf(terms, 0, i + 1));
            if (i + 1 == terms.count) break;
            _assertReverts(STRANGER, _pullCall(terms, 1), instalmentsInvalid(id, 1, 0));
        }
        vm.warp(type(uint40).max);
        _assertReverts(STRANGER, _pullCall(terms, 1), statusInvalid(id, IInstallmentPlan.Status.Done));
        assertMoved(uint256(terms.each) * (terms.count - 1) + terms.last);
    }

    function test_Pull_TheLastTakesTheRounding() external {
        // 1,250.550001 in twelve parts.
        IInstallmentPlan.Terms memory terms = plainTerms();
        agree(terms);
        vm.warp(dueAt(terms, COUNT - 1));
        pull(terms, COUNT - 1);
        assertMoved(uint256(EACH) * 11);
        pull(terms, 1);
        assertMoved(1_250_550_001);
        assertState(terms, IInstallmentPlan.Status.Done, COUNT);
    }

    function test_Pull_GivenTheTokenAnswersNothing() external {
        agree(plainTerms());
        vm.warp(START);
        token.setManner(HostileToken.Manner.NoReturnValue);
        pull(plainTerms(), 1);
        assertMoved(EACH);
        assertState(plainTerms(), IInstallmentPlan.Status.Active, 1);
    }

    function testFuzz_Pull_GivenTheTokenTakesAFee_ThePayerPaysNoMore(uint256 seed) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        terms.each = uint96(bound(terms.each, 100, 40_000e6));
        terms.last = uint96(bound(terms.last, 100, 40_000e6));
        agree(terms);
        vm.warp(dueAt(terms, 0));
        token.setManner(HostileToken.Manner.TakesFee);
        pull(terms, 1);
        assertEqual("payer", token.balanceOf(PAYER), WEALTH - amountOf(terms, 0, 1));
        assertEqual("contract", token.balanceOf(address(plan)), 0);
    }

    // pullMany

    function test_PullMany_GivenAnEmptyList() external {
        assertEqual("answers", plan.pullMany(new IInstallmentPlan.Pull[](0)).length, 0);
    }

    function testFuzz_PullMany_LeavesWhatCannotBePulled(uint256 seed) external {
        IInstallmentPlan.Terms[] memory terms = new IInstallmentPlan.Terms[](7);
        for (uint256 i = 0; i < 7; ++i) {
            terms[i] = anyTerms(pick(seed, bytes32(i)));
            terms[i].start = START;
            if (i > 0) agree(terms[i]);
        }
        // Never agreed; ended; not due; too many; none; out of the payer's reach. The last is good.
        cancelBy(PAYEE, terms[1]);
        payEarly(terms[2], 0, 1);
        vm.warp(START);
        token.shrink(PAYER, token.balanceOf(PAYER) - terms[6].each - terms[6].last);
        terms[5] = plainTerms();
        (terms[5].each, terms[5].last) = (type(uint96).max, type(uint96).max);
        agreeLate(terms[5]);

        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](7);
        for (uint256 i = 0; i < 7; ++i) pulls[i] = IInstallmentPlan.Pull(terms[i], 1);
        pulls[3].instalments = 2;
        pulls[4].instalments = 0;
        uint256 before = token.balanceOf(PAYEE);
        bytes32 rest = _fingerprint(terms, 6);
        vm.prank(STRANGER);
        bool[] memory pulled = plan.pullMany(pulls);
        for (uint256 i = 0; i < 7; ++i) assertTrue("told", pulled[i] == (i == 6));
        assertEqual("the others are as before", _fingerprint(terms, 6), rest);
        assertEqual("the good one is paid", token.balanceOf(PAYEE) - before, amountOf(terms[6], 0, 1));
        assertEqual("and booked", plan.standingOf(terms[6]).paid, 1);
    }

    function testFuzz_PullMany_EqualsPullsOneByOne(uint256 seed, uint40 time, uint256 wealth) external {
        IInstallmentPlan.Terms[] memory terms = new IInstallmentPlan.Terms[](4);
        for (uint256 i = 0; i < 4; ++i) {
            terms[i] = anyTerms(pick(seed, bytes32(i)));
            if (i < 3) agree(terms[i]);
        }
        time = uint40(bound(time, NOW, NOW + 4_000 days));
        vm.warp(time);
        // Sometimes the payer's money gives out on the way.
        token.shrink(PAYER, wealth % WEALTH);
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](10);
        for (uint256 i = 0; i < 10; ++i) {
            uint256 word = pick(seed, bytes32(100 + i));
            pulls[i] = IInstallmentPlan.Pull(terms[word % 4], uint16((word >> 8) % 4));
        }
        uint256 before = vm.snapshotState();
        bool[] memory expected = _pullOneByOne(pulls);
        bytes32 state = _fingerprint(terms, 4);
        vm.revertToState(before);
        vm.prank(STRANGER);
        bool[] memory pulled = plan.pullMany(pulls);
        assertEqual("answers", keccak256(abi.encode(pulled)), keccak256(abi.encode(expected)));
        assertEqual("state and money", _fingerprint(terms, 4), state);
    }

    function testFuzz_PullMany_EmitsAsPull(uint256 seed, uint16 instalments) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        vm.warp(dueAt(terms, terms.count));
        instalments = uint16(bound(instalments, 1, terms.count));
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](1);
        pulls[0] = IInstallmentPlan.Pull(terms, instalments);
        vm.recordLogs();
        plan.pullMany(pulls);
        _assertPaidEvents(id, terms, instalments, instalments, amountOf(terms, 0, instalments), 2);
    }

    function testFuzz_PullMany_GivenTheTokenFails_NothingChanges(uint256 seed, uint8 trouble) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        vm.warp(dueAt(terms, 0));
        // Not the trouble of odd words, whose token moves the money all the same: no vetted token does.
        _makeTrouble(trouble % 5 == 4 ? 5 : trouble % 5);
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](2);
        pulls[0] = IInstallmentPlan.Pull(terms, 1);
        pulls[1] = pulls[0];
        vm.recordLogs();
        bool[] memory pulled = plan.pullMany(pulls);
        assertTrue("told", !pulled[0] && !pulled[1]);
        assertEqual("no record is left", planLogs().length, 0);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertMoved(0);
    }

    function testFuzz_PullMany_GivenTooLittleGas_NothingGoodIsLeft(uint256 gasLimit, uint8 count) external {
        uint256 size = bound(count, 1, 4);
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](size);
        for (uint256 i = 0; i < size; ++i) {
            pulls[i] = IInstallmentPlan.Pull(plainTerms(), 1);
            pulls[i].terms.settlementKey = bytes32(i);
            agree(pulls[i].terms);
        }
        vm.warp(START);
        gasLimit = bound(gasLimit, 30_000, 900_000);
        vm.prank(STRANGER);
        (bool success, bytes memory answer) = address(plan).call{gas: gasLimit}(
            abi.encodeCall(plan.pullMany, (pulls))
        );
        assertMoved(success ? EACH * size : 0);
        if (!success) return;
        bool[] memory pulled = abi.decode(answer, (bool[]));
        for (uint256 i = 0; i < size; ++i) assertTrue("pulled", pulled[i]);
    }

    function test_PullMany_RevertGiven_TooLittleGas() external {
        agree(plainTerms());
        vm.warp(START);
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](1);
        pulls[0] = IInstallmentPlan.Pull(plainTerms(), 1);
        vm.prank(STRANGER);
        (bool success, bytes memory answer) = address(plan).call{gas: 300_000}(
            abi.encodeCall(plan.pullMany, (pulls))
        );
        assertTrue("it reverts", !success);
        bytes32 expected = bytes32(GuardedToken.GuardedToken_GasTooLow.selector);
        assertEqual("with", bytes32(bytes4(answer)), expected);
    }

    // payEarly

    function testFuzz_PayEarly_RevertGiven_CallerIsNotThePayer(address caller) external {
        vm.assume(caller != PAYER);
        agree(plainTerms());
        _assertReverts(caller, _payEarlyCall(plainTerms(), 0, 1), callerInvalid(caller));
    }

    function test_PayEarly_RevertGiven_ThePlanDoesNotRun() external {
        _assertRevertsUnlessRunning(PAYER, _payEarlyCall(plainTerms(), 0, 1));
    }

    function testFuzz_PayEarly_RevertGiven_AnotherCountIsPaid(uint16 instalments, uint16 paidBefore) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = agree(terms);
        instalments = uint16(bound(instalments, 0, COUNT - 1));
        vm.assume(paidBefore != instalments);
        if (instalments > 0) payEarly(terms, 0, instalments);
        _assertReverts(PAYER, _payEarlyCall(terms, paidBefore, 1), paidMismatch(id, instalments, paidBefore));
        assertMoved(EACH * uint256(instalments));
    }

    function test_PayEarly_OvertakenByAPull_PaysNothingMore() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = agree(terms);
        vm.warp(START);
        pull(terms, 1);
        _assertReverts(PAYER, _payEarlyCall(terms, 0, 1), paidMismatch(id, 1, 0));
        assertMoved(EACH);
    }

    function testFuzz_PayEarly_RevertWhen_ZeroOrMoreThanAreLeft(uint256 seed, uint16 paid, uint16 over) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) payEarly(terms, 0, paid);
        uint16 left = terms.count - paid;
        over = uint16(bound(over, left + 1, type(uint16).max));
        _assertReverts(PAYER, _payEarlyCall(terms, paid, over), instalmentsInvalid(id, over, left));
        _assertReverts(PAYER, _payEarlyCall(terms, paid, 0), instalmentsInvalid(id, 0, left));
        assertMoved(amountOf(terms, 0, paid));
    }

    function testFuzz_PayEarly_RevertGiven_AllowanceLacks(uint256 seed, uint256 short) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        uint256 amount = amountOf(terms, 0, terms.count);
        uint256 allowed = short % amount;
        allow(PAYER, allowed);
        bytes memory expected = abi.encodeWithSignature(
            "ERC20InsufficientAllowance(address,uint256,uint256)",
            address(plan),
            allowed,
            amount
        );
        _assertReverts(PAYER, _payEarlyCall(terms, 0, terms.count), expected);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertMoved(0);
    }

    function testFuzz_PayEarly_PaysTheNextAtAnyTime(uint256 seed, uint40 time, uint16 instalments) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        vm.warp(time);
        instalments = uint16(bound(instalments, 1, terms.count));
        vm.recordLogs();
        payEarly(terms, 0, instalments);
        uint256 amount = amountOf(terms, 0, instalments);
        _assertPaidEvents(id, terms, instalments, instalments, amount, 2);
        assertMoved(amount);

        // When all is due, only the others can be pulled.
        vm.warp(type(uint40).max);
        if (instalments == terms.count) {
            _assertReverts(STRANGER, _pullCall(terms, 1), statusInvalid(id, IInstallmentPlan.Status.Done));
            return;
        }
        uint16 left = uint16(dueCount(terms, instalments, type(uint40).max));
        _assertReverts(STRANGER, _pullCall(terms, left + 1), instalmentsInvalid(id, left + 1, left));
        if (left > 0) pull(terms, left);
        assertMoved(amountOf(terms, 0, instalments + left));
    }

    // markSettled

    function testFuzz_MarkSettled_RevertGiven_CallerIsNotThePayee(address caller) external {
        vm.assume(caller != PAYEE);
        agree(plainTerms());
        _assertReverts(caller, _markSettledCall(plainTerms(), 0, 1), callerInvalid(caller));
    }

    function test_MarkSettled_RevertGiven_ThePlanDoesNotRun() external {
        _assertRevertsUnlessRunning(PAYEE, _markSettledCall(plainTerms(), 0, 1));
    }

    function testFuzz_MarkSettled_RevertGiven_AnotherCountIsPaid(uint16 settled, uint16 paidBefore) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = agree(terms);
        settled = uint16(bound(settled, 0, COUNT - 1));
        vm.assume(paidBefore != settled);
        if (settled > 0) markSettled(terms, 0, settled);
        _assertReverts(PAYEE, _markSettledCall(terms, paidBefore, 1), paidMismatch(id, settled, paidBefore));
        assertState(terms, IInstallmentPlan.Status.Active, settled);
    }

    function test_MarkSettled_OvertakenByAPull_ForgivesNothing() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = agree(terms);
        vm.warp(START);
        pull(terms, 1);
        _assertReverts(PAYEE, _markSettledCall(terms, 0, 1), paidMismatch(id, 1, 0));
        assertState(terms, IInstallmentPlan.Status.Active, 1);
    }

    function testFuzz_MarkSettled_RevertWhen_ZeroOrMoreThanAreLeft(uint256 seed, uint16 paid, uint16 over) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        paid = uint16(bound(paid, 0, terms.count - 1));
        if (paid > 0) markSettled(terms, 0, paid);
        uint16 left = terms.count - paid;
        over = uint16(bound(over, left + 1, type(uint16).max));
        _assertReverts(PAYEE, _markSettledCall(terms, paid, over), instalmentsInvalid(id, over, left));
        _assertReverts(PAYEE, _markSettledCall(terms, paid, 0), instalmentsInvalid(id, 0, left));
        assertState(terms, IInstallmentPlan.Status.Active, paid);
    }

    function testFuzz_MarkSettled_MovesNothing_AndTheyAreNeverPulled(
        uint256 seed,
        uint40 time,
        uint16 settled
    ) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = agree(terms);
        vm.warp(time);
        settled = uint16(bound(settled, 1, terms.count));
        vm.recordLogs();
        markSettled(terms, 0, settled);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes memory data = abi.encode(settled, settled, amountOf(terms, 0, settled));
        assertLog(logs[0], IInstallmentPlan.InstalmentsSettledElsewhere.selector, id, data);
        if (settled == terms.count) assertLog(logs[1], IInstallmentPlan.PlanDone.selector, id, "");
        assertEqual("events", logs.length, settled == terms.count ? 2 : 1);
        assertMoved(0);

        vm.warp(type(uint40).max);
        uint16 left = uint16(dueCount(terms, settled, type(uint40).max));
        if (left > 0) pull(terms, left);
        assertMoved(amountOf(terms, settled, left));
        if (settled == terms.count) assertState(terms, IInstallmentPlan.Status.Done, settled);
    }

    // all of them

    function testFuzz_All_EachInstalmentIsPaidOnce(uint256 seed, uint256 steps) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        agree(terms);
        uint16 paid = 0;
        uint256 elsewhere = 0;
        while (paid < terms.count) {
            uint256 step = steps % 3;
            uint16 part = uint16((steps >> 8) % (terms.count - paid)) + 1;
            steps = uint256(keccak256(abi.encode(steps)));
            if (step == 0) {
                vm.warp(dueAt(terms, paid + part - 1));
                pull(terms, part);
            } else if (step == 1) {
                payEarly(terms, paid, part);
            } else {
                markSettled(terms, paid, part);
                elsewhere += amountOf(terms, paid, part);
            }
            paid += part;
        }
        assertState(terms, IInstallmentPlan.Status.Done, terms.count);
        assertMoved(uint256(terms.each) * (terms.count - 1) + terms.last - elsewhere);
    }

    // What the tests share.

    /// @dev As {agree}, for terms whose offer would have expired.
    function agreeLate(IInstallmentPlan.Terms memory terms) private {
        terms.offerExpires = type(uint40).max;
        agree(terms);
    }

    function _pullCall(IInstallmentPlan.Terms memory terms, uint16 instalments) private view returns (bytes memory) {
        return abi.encodeCall(plan.pull, (terms, instalments));
    }

    function _payEarlyCall(
        IInstallmentPlan.Terms memory terms,
        uint16 paidBefore,
        uint16 instalments
    ) private view returns (bytes memory) {
        return abi.encodeCall(plan.payEarly, (terms, paidBefore, instalments));
    }

    function _markSettledCall(
        IInstallmentPlan.Terms memory terms,
        uint16 paidBefore,
        uint16 instalments
    ) private view returns (bytes memory) {
        return abi.encodeCall(plan.markSettled, (terms, paidBefore, instalments));
    }

    function _pullOneByOne(IInstallmentPlan.Pull[] memory pulls) private returns (bool[] memory pulled) {
        pulled = new bool[](pulls.length);
        for (uint256 i = 0; i < pulls.length; ++i) {
            vm.prank(STRANGER);
            (pulled[i], ) = address(plan).call(_pullCall(pulls[i].terms, pulls[i].instalments));
        }
    }

    /// @dev Makes the token fail, and says with which words. The last of the six burns all gas that it gets, and says
    /// nothing.
    function _makeTrouble(uint256 trouble) private returns (bytes memory expected) {
        if (trouble < 2) {
            address unlucky = trouble == 0 ? PAYER : PAYEE;
            token.setBlocked(unlucky, true);
            return abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, unlucky);
        }
        HostileToken.Manner[4] memory manners = [
            HostileToken.Manner.Paused,
            HostileToken.Manner.ReturnsFalse,
            HostileToken.Manner.ReturnsWords,
            HostileToken.Manner.BurnsGas
        ];
        token.setManner(manners[trouble - 2]);
        if (trouble == 2) return abi.encodeWithSelector(HostileToken.HostileToken_Paused.selector);
        return abi.encodeWithSignature("SafeERC20FailedOperation(address)", token);
    }

    /// @dev Standing of all plans but one, and the money of both parties.
    function _fingerprint(IInstallmentPlan.Terms[] memory terms, uint256 except) private view returns (bytes32 result) {
        for (uint256 i = 0; i < terms.length; ++i) {
            if (i != except) result = keccak256(abi.encode(result, plan.standingOf(terms[i])));
        }
        if (except < terms.length) return result;
        return keccak256(abi.encode(result, token.balanceOf(PAYER), token.balanceOf(PAYEE)));
    }

    /// @dev The recorded events are {InstalmentsPaid}, with {PlanDone} where it ends the plan; `most` at most.
    function _assertPaidEvents(
        bytes32 id,
        IInstallmentPlan.Terms memory terms,
        uint16 instalments,
        uint16 paid,
        uint256 amount,
        uint256 most
    ) private {
        Vm.Log[] memory logs = planLogs();
        bytes memory data = abi.encode(instalments, paid, amount);
        assertLog(logs[0], IInstallmentPlan.InstalmentsPaid.selector, id, data);
        if (paid == terms.count) assertLog(logs[1], IInstallmentPlan.PlanDone.selector, id, "");
        assertEqual("events", logs.length, paid == terms.count ? most : most - 1);
    }

    function _assertReverts(address caller, bytes memory call, bytes memory expected) private {
        assertReverts(caller, address(plan), call, expected);
    }

    function _assertRevertsUnlessRunning(address caller, bytes memory call) private {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        _assertReverts(caller, call, statusInvalid(id, IInstallmentPlan.Status.None));
        uint256 offered = vm.snapshotState();
        vm.prank(PAYER);
        plan.cancelOffer(terms);
        _assertReverts(caller, call, statusInvalid(id, IInstallmentPlan.Status.Cancelled));
        vm.revertToState(offered);
        agree(terms);
        vm.warp(START);
        uint256 active = vm.snapshotState();
        payEarly(terms, 0, COUNT);
        _assertReverts(caller, call, statusInvalid(id, IInstallmentPlan.Status.Done));
        vm.revertToState(active);
        cancelBy(PAYEE, terms);
        _assertReverts(caller, call, statusInvalid(id, IInstallmentPlan.Status.Cancelled));
        vm.revertToState(active);
        vm.prank(caller);
        (bool success, ) = address(plan).call(call);
        assertTrue("running, it is accepted", success);
    }
}
