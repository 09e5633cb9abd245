// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInstallmentPlan} from "./interfaces/IInstallmentPlan.sol";
import {CallCounts, CountedInvariants} from "./testing/CallCounts.sol";
import {PlanHandler} from "./testing/PlanHandler.sol";

/*
Invariants, for every plan p of the handler, whose books B are kept from the terms and the calls alone, where instalment i
is due at t(i) = start + i * period and comes to a(i) = each, but last where i = count - 1:
CP1  pulled(p) <= sum of a(i) with t(i) <= now;  pulled(p) + early(p) + elsewhere(p) = sum of a(i) with i < paid(p),
     which is the total exactly when p is done
CP2  i is booked at most once, and by a pull only where t(i) <= now          (asserted at each payment of the handler)
CP3  balance(contract) = 0
CP4  balance(a) is what B says, for every payer and payee a: what leaves a payer arrives whole at its payee
CP5  a refused call, a failed pull included, changes no standing and no balance           (asserted at each refusal)
CP6  pullMany answers and moves what B does, which takes its pulls one by one          (asserted at each call; CP4)
CP7  status(p) is B's: in default only after a call when t(paid) + grace < now and the payer was unable, until nothing is
     missed; done and cancelled stay so                                   (B's status; asserted at each default)
CP8  rail(i) is written once: pulled, early or elsewhere                     (asserted at each payment of the handler)
The handler makes every call that is meant to fail itself and asserts that it does, so that reverts are forbidden.
*/
contract InstallmentPlanInvariants is CountedInvariants {
    PlanHandler private _handler;

    function setUp() external {
        _handler = new PlanHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_PlansAndMoneyAreWhatTheBooksSay() external view {
        assertEqual("CP3", _handler.balanceOfPlan(), 0);
        address[] memory parties = _handler.parties();
        for (uint256 i = 0; i < parties.length; ++i) {
            assertEqual("CP4", _handler.balanceOf(parties[i]), _handler.balanceShouldBe(parties[i]));
        }
        for (uint256 i = 0; i < _handler.count(); ++i) _assertPlan(i);
    }

    function counted() internal view override returns (string memory contractName, CallCounts handler) {
        return ("InstallmentPlan", _handler);
    }

    function _assertPlan(uint256 i) private view {
        IInstallmentPlan.Standing memory actual = _handler.standingAt(i);
        IInstallmentPlan.Standing memory expected = _handler.expectedAt(i);
        assertEqual("CP7 status", uint256(actual.status), uint256(expected.status));
        assertEqual("CP2 paid", actual.paid, expected.paid);
        assertEqual("standing", keccak256(abi.encode(actual)), keccak256(abi.encode(expected)));

        PlanHandler.Book memory book = _handler.bookAt(i);
        assertTrue("CP1 never early", book.pulled <= _handler.dueAmountAt(i));
        bool isAll = book.pulled + book.early + book.elsewhere == _handler.totalAt(i);
        assertTrue("CP1 total when done", isAll == (actual.status == IInstallmentPlan.Status.Done));
    }
}
