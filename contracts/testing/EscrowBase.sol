// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InvoiceEscrow} from "../InvoiceEscrow.sol";
import {IInvoiceEscrow} from "../interfaces/IInvoiceEscrow.sol";
import {HostileToken} from "./HostileToken.sol";
import {TestBase} from "./Vm.sol";

/// @notice The parties of an escrow with their keys, valid terms, and shorthands for the calls of each party.
abstract contract EscrowBase is TestBase {
    uint256 internal constant PAYER_KEY = 0xA11CE;
    uint256 internal constant PAYEE_KEY = 0xB0B;
    uint256 internal constant ATTESTOR_KEY = 0xA77E;
    uint40 internal constant NOW = 1_900_000_000;
    uint40 internal constant DELIVER_BY = NOW + 30 days;
    uint32 internal constant WINDOW = 7 days;
    uint32 internal constant ARBITER_TIMEOUT = 14 days;
    uint16 internal constant DEFAULT_SHARE_BPS = 3_333;
    uint96 internal constant AMOUNT = 1_250_550_001;

    // The accounts of the keys above. As constants, so that the code of a handler is what the runner compares it with.
    address internal constant PAYER = 0xe05fcC23807536bEe418f142D19fa0d21BB0cfF7;
    address internal constant PAYEE = 0x0376AAc07Ad725E01357B1725B5ceC61aE10473c;
    address internal constant ATTESTOR = 0x7fB9933F05d77461f8ffC3A08303F6553843F4be;
    address internal constant ARBITER = address(0xA2B17E2);
    address internal constant AGENCY = address(0xA6E4C1);
    address internal constant STRANGER = address(0x57A6E2);

    HostileToken internal token;
    InvoiceEscrow internal escrow;

    function openWorld() internal {
        vm.warp(NOW);
        token = new HostileToken();
        escrow = new InvoiceEscrow(address(token));
        give(PAYER, 1_000_000e6);
    }

    // Terms

    /// @dev Valid terms without any of the optional fields.
    function plainTerms() internal pure returns (IInvoiceEscrow.Terms memory terms) {
        terms.payer = PAYER;
        terms.payee = PAYEE;
        terms.arbiter = ARBITER;
        terms.amount = AMOUNT;
        terms.offerExpires = NOW + 3 days;
        terms.deliverBy = DELIVER_BY;
        terms.window = WINDOW;
        terms.arbiterTimeout = ARBITER_TIMEOUT;
        terms.defaultPayeeShareBps = DEFAULT_SHARE_BPS;
        terms.settlementKey = keccak256("settlement key");
    }

    function agencyTerms(uint16 shareBps) internal pure returns (IInvoiceEscrow.Terms memory terms) {
        terms = plainTerms();
        terms.agency = AGENCY;
        terms.agencyShareBps = shareBps;
    }

    function signOffer(IInvoiceEscrow.Terms memory terms) internal view returns (bytes memory) {
        return signWith(PAYEE_KEY, escrow.termsId(terms));
    }

    function signWith(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    // Money

    /// @dev Gives an account tokens and lets the escrow take them.
    function give(address account, uint256 amount) internal {
        vm.prank(account);
        token.tap(amount);
        vm.prank(account);
        token.approve(address(escrow), type(uint256).max);
    }

    // Calls of the parties

    function fund(IInvoiceEscrow.Terms memory terms) internal returns (bytes32 id) {
        bytes memory signature = signOffer(terms);
        vm.prank(terms.payer);
        escrow.fund(terms, signature);
        return escrow.termsId(terms);
    }

    function deliver(IInvoiceEscrow.Terms memory terms) internal {
        vm.prank(terms.payee);
        escrow.markDelivered(terms);
    }

    function release(IInvoiceEscrow.Terms memory terms, uint96 part) internal {
        vm.prank(terms.payer);
        escrow.release(terms, part);
    }

    function refund(IInvoiceEscrow.Terms memory terms, uint96 part) internal {
        vm.prank(terms.payee);
        escrow.refund(terms, part);
    }

    function disputeBy(address party, IInvoiceEscrow.Terms memory terms, uint96 amount) internal {
        vm.prank(party);
        escrow.dispute(terms, amount);
    }

    function settle(IInvoiceEscrow.Terms memory terms) internal {
        vm.prank(STRANGER);
        escrow.settle(terms);
    }

    // What is asserted often

    function assertState(IInvoiceEscrow.Terms memory terms, IInvoiceEscrow.Status status, uint256 remaining) internal view {
        IInvoiceEscrow.EscrowState memory state = escrow.stateOf(terms);
        assertEqual("status", uint256(state.status), uint256(status));
        assertEqual("remaining", state.remaining, remaining);
    }

    /// @dev What payee, payer and agency got back out of the escrow, credits included; and nothing stays beyond `held`.
    function assertPaid(uint256 toPayee, uint256 toPayer, uint256 toAgency, uint256 held) internal view {
        assertEqual("payee got", _got(PAYEE), toPayee);
        assertEqual("agency got", _got(AGENCY), toAgency);
        assertEqual("payer got", _got(PAYER), 1_000_000e6 - toPayee - toAgency - held);
        assertEqual("payer got back", toPayer, _funded() - toPayee - toAgency - held);
        assertEqual("held", token.balanceOf(address(escrow)) - _credits(), held);
    }

    function _got(address account) private view returns (uint256) {
        return token.balanceOf(account) + escrow.creditOf(account);
    }

    function _credits() private view returns (uint256) {
        return escrow.creditOf(PAYEE) + escrow.creditOf(PAYER) + escrow.creditOf(AGENCY);
    }

    /// @dev What a test put in, where it funded {AMOUNT} once.
    function _funded() internal view virtual returns (uint256) {
        return AMOUNT;
    }

    // Refusals

    function callerInvalid(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_CallerInvalid.selector, caller);
    }

    function statusInvalid(bytes32 id, IInvoiceEscrow.Status status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_StatusInvalid.selector, id, status);
    }

    function partInvalid(bytes32 id, uint256 part, uint256 free) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_PartInvalid.selector, id, part, free);
    }

    function tooLate(bytes32 id, uint256 limit, uint256 now_) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_TooLate.selector, id, limit, now_);
    }

    function sharesMismatch(bytes32 id, uint256 shares, uint256 disputed) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_SharesMismatch.selector, id, shares, disputed);
    }
}
