// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InstallmentPlan} from "../InstallmentPlan.sol";
import {IInstallmentPlan} from "../interfaces/IInstallmentPlan.sol";
import {HostileToken} from "./HostileToken.sol";
import {TestBase, Vm} from "./Vm.sol";

/// @notice The parties of a plan with their keys, valid terms, shorthands for the calls of each party, and the plan's
/// arithmetic in plain loops, which the tests compare the contract with.
abstract contract PlanBase is TestBase {
    uint256 internal constant PAYER_KEY = 0xA11CE;
    uint256 internal constant PAYEE_KEY = 0xB0B;
    uint40 internal constant NOW = 1_900_000_000;
    uint40 internal constant START = NOW + 10 days;
    uint32 internal constant PERIOD = 30 days;
    uint32 internal constant GRACE = 5 days;
    uint16 internal constant COUNT = 12;
    uint96 internal constant EACH = 104_212_500;
    uint96 internal constant LAST = 104_212_501;
    uint256 internal constant WEALTH = 1_000_000e6;

    address internal immutable PAYER = vm.addr(PAYER_KEY);
    address internal immutable PAYEE = vm.addr(PAYEE_KEY);
    address internal immutable STRANGER = address(0x57A6E2);

    HostileToken internal token;
    InstallmentPlan internal plan;

    function deploy() internal {
        vm.warp(NOW);
        token = newToken();
        plan = new InstallmentPlan(address(token));
    }

    function newToken() internal virtual returns (HostileToken) {
        return new HostileToken();
    }

    // Terms

    function plainTerms() internal view returns (IInstallmentPlan.Terms memory terms) {
        terms.payer = PAYER;
        terms.payee = PAYEE;
        terms.each = EACH;
        terms.last = LAST;
        terms.start = START;
        terms.period = PERIOD;
        terms.count = COUNT;
        terms.grace = GRACE;
        terms.offerExpires = NOW + 3 days;
        terms.settlementKey = keccak256("settlement key");
    }

    /// @dev Valid terms of 1 to 24 instalments, of any amounts that the payer can pay, due from {NOW} on or a little
    /// earlier.
    function anyTerms(uint256 seed) internal view returns (IInstallmentPlan.Terms memory terms) {
        terms = plainTerms();
        terms.settlementKey = bytes32(seed);
        terms.count = uint16(bound(pick(seed, "count"), 1, 24));
        terms.each = uint96(bound(pick(seed, "each"), 1, 40_000e6));
        terms.last = uint96(bound(pick(seed, "last"), 1, 40_000e6));
        terms.period = uint32(bound(pick(seed, "period"), 1 days, 366 days));
        terms.grace = uint32(bound(pick(seed, "grace"), 1 days, 366 days));
        terms.start = uint40(bound(pick(seed, "start"), NOW - 1 days, NOW + 366 days));
    }

    function pick(uint256 seed, bytes32 what) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what)));
    }

    function signWith(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    // The plan's arithmetic, one instalment at a time

    function dueAt(IInstallmentPlan.Terms memory terms, uint256 index) internal pure returns (uint256) {
        return uint256(terms.start) + index * terms.period;
    }

    /// @dev How many instalments are due at `time`, from index `paid` on.
    function dueCount(
        IInstallmentPlan.Terms memory terms,
        uint256 paid,
        uint256 time
    ) internal pure returns (uint256 due) {
        for (uint256 i = paid; i < terms.count; ++i) if (dueAt(terms, i) <= time) ++due;
    }

    /// @dev How many instalments from index `paid` on are past the last second of their grace at `time`.
    function missedCount(
        IInstallmentPlan.Terms memory terms,
        uint256 paid,
        uint256 time
    ) internal pure returns (uint256 missed) {
        for (uint256 i = paid; i < terms.count; ++i) if (dueAt(terms, i) + terms.grace < time) ++missed;
    }

    function amountOf(
        IInstallmentPlan.Terms memory terms,
        uint256 from,
        uint256 instalments
    ) internal pure returns (uint256 amount) {
        for (uint256 i = from; i < from + instalments; ++i) amount += i + 1 == terms.count ? terms.last : terms.each;
    }

    // Money

    /// @dev Gives an account tokens and lets the plan take them.
    function give(address account, uint256 amount) internal {
        vm.prank(account);
        token.tap(amount);
        allow(account, type(uint256).max);
    }

    function allow(address account, uint256 amount) internal {
        vm.prank(account);
        token.approve(address(plan), amount);
    }

    // Calls of the parties

    function agree(IInstallmentPlan.Terms memory terms) internal returns (bytes32 id) {
        id = plan.termsId(terms);
        vm.prank(terms.payer);
        plan.agree(terms, signWith(PAYEE_KEY, id));
    }

    function pull(IInstallmentPlan.Terms memory terms, uint16 instalments) internal {
        vm.prank(STRANGER);
        plan.pull(terms, instalments);
    }

    function payEarly(IInstallmentPlan.Terms memory terms, uint16 paidBefore, uint16 instalments) internal {
        vm.prank(terms.payer);
        plan.payEarly(terms, paidBefore, instalments);
    }

    function markSettled(IInstallmentPlan.Terms memory terms, uint16 paidBefore, uint16 instalments) internal {
        vm.prank(terms.payee);
        plan.markSettled(terms, paidBefore, instalments);
    }

    function markDefault(IInstallmentPlan.Terms memory terms) internal returns (bool defaulted) {
        vm.prank(STRANGER);
        return plan.markDefault(terms);
    }

    function cancelBy(address party, IInstallmentPlan.Terms memory terms) internal {
        vm.prank(party);
        plan.cancel(terms);
    }

    /// @dev Brings a plan into default: its first instalment is missed and the payer allows nothing.
    function makeDefault(IInstallmentPlan.Terms memory terms) internal {
        vm.warp(dueAt(terms, 0) + terms.grace + 1);
        allow(terms.payer, 0);
        assertTrue("it defaults", markDefault(terms));
    }

    // What is asserted often

    function assertState(
        IInstallmentPlan.Terms memory terms,
        IInstallmentPlan.Status status,
        uint256 paid
    ) internal view {
        IInstallmentPlan.Standing memory standing = plan.standingOf(terms);
        assertEqual("status", uint256(standing.status), uint256(status));
        assertEqual("paid", standing.paid, paid);
    }

    /// @dev The payer of the plan, who began with {WEALTH}, paid exactly this, and all of it is with the payee.
    function assertMoved(uint256 amount) internal view {
        assertEqual("payer", token.balanceOf(PAYER), WEALTH - amount);
        assertEqual("payee", token.balanceOf(PAYEE), amount);
        assertEqual("contract", token.balanceOf(address(plan)), 0);
    }

    function assertLog(Vm.Log memory log, bytes32 selector, bytes32 id, bytes memory data) internal view {
        assertEqual("emitter", log.emitter, address(plan));
        assertEqual("event", log.topics[0], selector);
        assertEqual("id", log.topics[1], id);
        assertEqual("data", keccak256(log.data), keccak256(data));
    }

    /// @dev The recorded events of the plan, without those of the token.
    function planLogs() internal returns (Vm.Log[] memory own) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 count = 0;
        for (uint256 i = 0; i < logs.length; ++i) if (logs[i].emitter == address(plan)) ++count;
        own = new Vm.Log[](count);
        for (uint256 i = logs.length; i > 0; --i) if (logs[i - 1].emitter == address(plan)) own[--count] = logs[i - 1];
    }

    // Refusals

    function callerInvalid(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_CallerInvalid.selector, caller);
    }

    function statusInvalid(bytes32 id, IInstallmentPlan.Status status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_StatusInvalid.selector, id, status);
    }

    function signatureInvalid(bytes32 id, address signer) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_SignatureInvalid.selector, id, signer);
    }

    function offerExpired(uint256 expires, uint256 time) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_OfferExpired.selector, expires, time);
    }

    function instalmentsInvalid(bytes32 id, uint256 instalments, uint256 limit) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IInstallmentPlan.InstallmentPlan_InstalmentsInvalid.selector,
                id,
                instalments,
                limit
            );
    }

    function paidMismatch(bytes32 id, uint16 paid, uint16 expected) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_PaidMismatch.selector, id, paid, expected);
    }

    function nothingMissed(bytes32 id) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_NothingMissed.selector, id);
    }

    function tokenFailing(bytes32 id, uint256 amount) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_TokenFailing.selector, id, amount);
    }
}

/// @notice What a test of the plan inherits.
abstract contract PlanTest is PlanBase {
    function setUp() external {
        deploy();
        give(PAYER, WEALTH);
    }
}
