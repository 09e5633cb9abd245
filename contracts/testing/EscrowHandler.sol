// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "../interfaces/IInvoiceEscrow.sol";
import {CallCounts} from "./CallCounts.sol";
import {EscrowBase} from "./EscrowBase.sol";

/// @notice Drives several escrows through random calls of their parties, and keeps books of its own on what each call
/// must have moved. Calls that must fail are made by the handler itself, which asserts that they do; any other failure
/// is a revert of the handler.
contract EscrowHandler is EscrowBase, CallCounts {
    /// @dev Books of one escrow, kept from what the terms say and not from the contract.
    struct Book {
        uint96 funded;
        uint96 toPayee;
        uint96 toPayer;
        uint96 disputed;
        uint40 rulesUntil;
        uint40 deliveredAt;
        bool isWhole;
        bool isFinal;
        IInvoiceEscrow.Status finalStatus;
        address offeredBy;
        uint96 offered;
    }

    /// @dev What an act needs of an escrow.
    enum Want {
        Money,
        Free,
        Undelivered,
        Unattested,
        Dispute,
        Offer
    }

    uint256 private constant RECENT = 8;

    IInvoiceEscrow.Terms[] private _terms;
    mapping(uint256 index => Book book) private _books;
    uint256 public totalFunded;
    uint256 public totalOut;
    uint256 public gifts;

    constructor() {
        openWorld();
    }

    // Views for the invariants

    function count() external view returns (uint256) {
        return _terms.length;
    }

    function termsAt(uint256 index) external view returns (IInvoiceEscrow.Terms memory) {
        return _terms[index];
    }

    function bookAt(uint256 index) external view returns (Book memory) {
        return _books[index];
    }

    function held() external view returns (uint256 sum) {
        for (uint256 i = 0; i < _terms.length; ++i) sum += _remaining(_books[i]);
    }

    function credits() external view returns (uint256) {
        return escrow.creditOf(PAYER) + escrow.creditOf(PAYEE) + escrow.creditOf(AGENCY);
    }

    function escrowBalance() external view returns (uint256) {
        return token.balanceOf(address(escrow));
    }

    function stateAt(uint256 index) external view returns (IInvoiceEscrow.EscrowState memory) {
        return escrow.stateOf(_terms[index]);
    }

    // Calls

    function openEscrow(uint256 seed, uint96 amount) external counted("fund") {
        _open(seed, amount);
        _tookEffect("fund");
    }

    function markDelivered(uint256 which, bool isPayer) external counted("markDelivered") {
        uint256 i = _pick(which, Want.Undelivered);
        Book storage book = _books[i];
        bool isAllowed = _remaining(book) != 0 &&
            book.deliveredAt == 0 &&
            !book.isWhole &&
            block.timestamp <= _terms[i].deliverBy &&
            (isPayer || _terms[i].attestor == address(0));
        address caller = isPayer ? _terms[i].payer : _terms[i].payee;
        _expect(caller, abi.encodeCall(escrow.markDelivered, (_terms[i])), isAllowed);
        if (!isAllowed) return;
        book.deliveredAt = uint40(block.timestamp);
        _tookEffect("markDelivered");
    }

    function attest(uint256 which, bytes32 evidence) external counted("attest") {
        uint256 i = _pick(which, Want.Unattested);
        Book storage book = _books[i];
        bool isAllowed = _remaining(book) != 0 &&
            book.deliveredAt == 0 &&
            !book.isWhole &&
            block.timestamp <= _terms[i].deliverBy &&
            _terms[i].attestor != address(0);
        bytes32 digest = escrow.deliveryDigest(escrow.termsId(_terms[i]), evidence);
        bytes memory signature = signWith(ATTESTOR_KEY, digest);
        _expect(STRANGER, abi.encodeCall(escrow.markDeliveredAttested, (_terms[i], evidence, signature)), isAllowed);
        if (!isAllowed) return;
        book.deliveredAt = uint40(block.timestamp);
        _tookEffect("attest");
    }

    function releasePart(uint256 which, uint96 part) external counted("release") {
        uint256 i = _pick(which, Want.Free);
        uint96 free = _freeOf(_books[i]);
        part = free == 0 ? part : uint96(bound(part, 1, part % 3 == 0 ? free : free / 4 + 1));
        bool isAllowed = free != 0;
        _expect(_terms[i].payer, abi.encodeCall(escrow.release, (_terms[i], part)), isAllowed);
        if (!isAllowed) return;
        _out(i, part, 0, IInvoiceEscrow.Status.Released);
        _tookEffect("release");
    }

    function refundPart(uint256 which, uint96 part) external counted("refund") {
        uint256 i = _pick(which, Want.Free);
        uint96 free = _freeOf(_books[i]);
        part = free == 0 ? part : uint96(bound(part, 1, part % 3 == 0 ? free : free / 4 + 1));
        bool isAllowed = free != 0;
        _expect(_terms[i].payee, abi.encodeCall(escrow.refund, (_terms[i], part)), isAllowed);
        if (!isAllowed) return;
        _out(i, 0, part, IInvoiceEscrow.Status.Refunded);
        _tookEffect("refund");
    }

    function releaseSeveral(uint256 which, uint8 size, bool isPayer) external counted("releaseMany") {
        uint256 length = bound(size, 1, 4);
        IInvoiceEscrow.Terms[] memory many = new IInvoiceEscrow.Terms[](length);
        uint256 expected = 0;
        for (uint256 k = 0; k < length; ++k) {
            uint256 i = _pick((which >> 8) + k * (which % 3), Want.Free);
            many[k] = _terms[i];
            uint96 free = _freeOf(_books[i]);
            if (free == 0 || !(isPayer || _windowIsOver(i))) continue;
            _out(i, free, 0, IInvoiceEscrow.Status.Released);
            ++expected;
        }
        vm.prank(isPayer ? PAYER : STRANGER);
        assertEqual("CE9 what is ready", escrow.releaseMany(many), expected);
        if (expected != 0) _tookEffect("releaseMany");
    }

    function settleDue(uint256 which) external counted("settle") {
        uint256 i = _pick(which, Want.Money);
        Book storage book = _books[i];
        // Mostly the moment is awaited.
        if (which % 4 != 0 && block.timestamp < _dueAt(i)) vm.warp(_dueAt(i));
        bool isSilent = book.disputed != 0 && block.timestamp > book.rulesUntil;
        bool isOver = _windowIsOver(i);
        bool isLate = !isOver && book.deliveredAt == 0 && !_isDeemed(i) && block.timestamp > _terms[i].deliverBy;
        bool isDue = isSilent || ((isOver || isLate) && _freeOf(book) != 0);
        _expect(STRANGER, abi.encodeCall(escrow.settle, (_terms[i])), isDue && _remaining(book) != 0);
        if (!isDue || _remaining(book) == 0) return;
        if (isSilent) {
            uint96 toPayee = uint96((uint256(book.disputed) * _terms[i].defaultPayeeShareBps) / 10_000);
            _endDispute(i, toPayee);
        }
        uint96 free = _freeOf(book);
        if (free != 0 && isOver) _out(i, free, 0, IInvoiceEscrow.Status.Released);
        if (free != 0 && isLate) _out(i, 0, free, IInvoiceEscrow.Status.Refunded);
        _tookEffect("settle");
    }

    function raise(uint256 which, uint96 amount, bool isPayer) external counted("dispute") {
        uint256 i = _pick(which, Want.Free);
        if (_raise(i, amount, isPayer)) _tookEffect("dispute");
    }

    function offer(uint256 which, uint96 toPayee, bool isPayer) external counted("offerSettlement") {
        uint256 i = _pick(which, Want.Dispute);
        Book storage book = _books[i];
        toPayee = book.disputed == 0 ? toPayee : uint96(bound(toPayee, 0, book.disputed));
        uint96 toPayer = book.disputed == 0 ? 0 : book.disputed - toPayee;
        if (book.disputed != 0) {
            _offer(i, toPayee, isPayer);
            _tookEffect("offerSettlement");
        } else {
            _expect(PAYER, abi.encodeCall(escrow.offerSettlement, (_terms[i], toPayee, toPayer)), false);
        }
    }

    function acceptOffer(uint256 which, bool isOther) external counted("acceptSettlement") {
        uint256 i = _pick(which, Want.Offer);
        Book storage book = _books[i];
        if (book.offeredBy == address(0) && book.disputed > 1) _offer(i, book.disputed / 2, which % 2 == 0);
        bool isOffered = book.offeredBy != address(0);
        address other = book.offeredBy == _terms[i].payer ? _terms[i].payee : _terms[i].payer;
        address caller = isOther ? other : book.offeredBy;
        if (!isOffered) caller = _terms[i].payer;
        uint96 toPayer = isOffered ? book.disputed - book.offered : 0;
        bytes memory call = abi.encodeCall(escrow.acceptSettlement, (_terms[i], book.offered, toPayer));
        _expect(caller, call, isOffered && isOther);
        if (!isOffered || !isOther) return;
        _endDispute(i, book.offered);
        _tookEffect("acceptSettlement");
    }

    function ruleDispute(uint256 which, uint96 toPayee) external counted("rule") {
        uint256 i = _pick(which, Want.Dispute);
        Book storage book = _books[i];
        toPayee = book.disputed == 0 ? toPayee : uint96(bound(toPayee, 0, book.disputed));
        uint96 toPayer = book.disputed == 0 ? 0 : book.disputed - toPayee;
        bool isAllowed = book.disputed != 0 && block.timestamp <= book.rulesUntil;
        _expect(ARBITER, abi.encodeCall(escrow.rule, (_terms[i], toPayee, toPayer)), isAllowed);
        if (!isAllowed) return;
        _endDispute(i, toPayee);
        _tookEffect("rule");
    }

    function withdraw(uint256 which) external counted("withdrawCredit") {
        address owner = which % 4 == 0 ? AGENCY : PAYEE;
        if (which % 4 > 1 && escrow.creditOf(PAYEE) == 0) _refusePayee(which);
        uint256 credit = escrow.creditOf(owner);
        uint256 before = token.balanceOf(STRANGER);
        _expect(owner, abi.encodeCall(escrow.withdrawCredit, (STRANGER)), credit != 0);
        assertEqual("CE11 the whole credit, once", token.balanceOf(STRANGER) - before, credit);
        assertEqual("CE11 gone", escrow.creditOf(owner), 0);
        if (credit != 0) _tookEffect("withdrawCredit");
    }

    /// @notice The token blocks the payee or the agency, or lets them again; a blocked payer could not fund.
    function blockOrUnblock(uint8 who, bool isBlocked) external counted("block") {
        token.setBlocked(who % 2 == 0 ? PAYEE : AGENCY, isBlocked);
        _tookEffect("block");
    }

    function giveByMistake(uint96 amount) external counted("mistake") {
        uint256 gift = bound(amount, 1, 1_000e6);
        vm.prank(STRANGER);
        token.tap(gift);
        gifts += gift;
        vm.prank(STRANGER);
        token.transfer(address(escrow), gift);
        _tookEffect("mistake");
    }

    function pass(uint32 time) external counted("time") {
        vm.warp(block.timestamp + bound(time, 0, 6 days));
        _tookEffect("time");
    }

    /// @notice What must be refused always: acts of a stranger, and funding the same terms again.
    function meddle(uint256 which, uint256 kind, uint96 part) external counted("stranger") {
        uint256 i = _pick(which, Want.Money);
        IInvoiceEscrow.Authorization memory authorization;
        bytes[8] memory attempts = [
            abi.encodeCall(escrow.fundWithAuthorization, (_terms[i], signOffer(_terms[i]), authorization)),
            abi.encodeCall(escrow.release, (_terms[i], part)),
            abi.encodeCall(escrow.refund, (_terms[i], part)),
            abi.encodeCall(escrow.markDelivered, (_terms[i])),
            abi.encodeCall(escrow.dispute, (_terms[i], part)),
            abi.encodeCall(escrow.rule, (_terms[i], part, 0)),
            abi.encodeCall(escrow.offerSettlement, (_terms[i], part, 0)),
            abi.encodeCall(escrow.cancelOffer, (_terms[i]))
        ];
        _expect(STRANGER, attempts[kind % 8], false);
    }

    // Inside

    function _newTerms(uint256 seed, uint96 amount) private view returns (IInvoiceEscrow.Terms memory terms) {
        terms = plainTerms();
        terms.amount = uint96(bound(amount, 2, 900_000e6));
        terms.settlementKey = bytes32(_terms.length);
        terms.offerExpires = uint40(block.timestamp) + 1 days;
        terms.deliverBy = uint40(block.timestamp + bound(seed >> 8, 1 days, 20 days));
        terms.window = uint32(bound(seed >> 16, 1 days, 20 days));
        terms.arbiterTimeout = uint32(bound(seed >> 24, 1 days, 20 days));
        terms.defaultPayeeShareBps = uint16(bound(seed >> 32, 0, 10_000));
        terms.deemedDelivered = seed & 1 != 0;
        if (seed & 2 != 0) terms.attestor = ATTESTOR;
        if (seed & 4 != 0) (terms.agency, terms.agencyShareBps) = (AGENCY, uint16(bound(seed >> 40, 1, 10_000)));
        if (seed & 8 != 0) {
            terms.discountUntil = uint40(block.timestamp) - (seed & 16 != 0 ? 1 : 0);
            terms.discountedAmount = terms.amount - 1;
        }
    }

    /// @dev An escrow to act on: one of the latest that has what the act wants, or a new one that is brought there, so
    /// that a good part of the calls takes effect; every eighth is any.
    function _pick(uint256 which, Want want) private returns (uint256 index) {
        uint256 recent = _terms.length < RECENT ? _terms.length : RECENT;
        for (uint256 k = 0; k < recent; ++k) {
            index = _terms.length - 1 - ((which % recent + k) % recent);
            if (which % 8 == 0 || _has(index, want)) return index;
        }
        uint256 seed = uint256(keccak256(abi.encode(which)));
        index = _open(want == Want.Undelivered ? seed & ~uint256(2) : seed | 2, uint96(seed));
        if (want == Want.Dispute || want == Want.Offer) _raise(index, _freeOf(_books[index]) / 2 + 1, seed & 1 == 0);
    }

    function _open(uint256 seed, uint96 amount) private returns (uint256 index) {
        IInvoiceEscrow.Terms memory terms = _newTerms(seed, amount);
        give(PAYER, terms.amount);
        bool isEarly = block.timestamp <= terms.discountUntil;
        uint96 funded = isEarly ? terms.discountedAmount : terms.amount;
        if (seed % 3 == 0) {
            IInvoiceEscrow.Offer[] memory offers = new IInvoiceEscrow.Offer[](1);
            offers[0] = IInvoiceEscrow.Offer(terms, signOffer(terms));
            vm.prank(PAYER);
            escrow.fundMany(offers);
        } else {
            fund(terms);
        }
        index = _terms.length;
        _books[index].funded = funded;
        _terms.push(terms);
        totalFunded += funded;
    }

    function _has(uint256 i, Want want) private view returns (bool) {
        Book storage book = _books[i];
        if (want == Want.Dispute) return book.disputed != 0;
        if (want == Want.Offer) return book.offeredBy != address(0);
        if (want == Want.Free) return _freeOf(book) != 0;
        bool isOpen = _remaining(book) != 0 && book.deliveredAt == 0 && !book.isWhole;
        isOpen = isOpen && block.timestamp <= _terms[i].deliverBy;
        if (want == Want.Undelivered) return isOpen && _terms[i].attestor == address(0);
        if (want == Want.Unattested) return isOpen && _terms[i].attestor != address(0);
        return _remaining(book) != 0;
    }

    /// @dev When time alone does something for an escrow.
    function _dueAt(uint256 i) private view returns (uint256) {
        Book storage book = _books[i];
        if (book.disputed != 0 && _freeOf(book) == 0) return uint256(book.rulesUntil) + 1;
        if (book.deliveredAt != 0) return uint256(book.deliveredAt) + _terms[i].window;
        uint256 deliverBy = _terms[i].deliverBy;
        return _terms[i].deemedDelivered ? deliverBy + _terms[i].window : deliverBy + 1;
    }

    function _as(address caller, bytes memory call) private returns (bool success, bytes memory answer) {
        vm.prank(caller);
        return address(escrow).call(call);
    }

    /// @dev A call does what the handler's books say it must. A refusal changes nothing.
    function _expect(address caller, bytes memory call, bool isAllowed) private {
        uint256 before = token.balanceOf(address(escrow));
        (bool success, ) = _as(caller, call);
        assertTrue("the books foresaw it", success == isAllowed);
        if (!isAllowed) assertEqual("CE8 no movement", token.balanceOf(address(escrow)), before);
    }

    function _remaining(Book storage book) private view returns (uint96) {
        return book.funded - book.toPayee - book.toPayer;
    }

    function _freeOf(Book storage book) private view returns (uint96) {
        return _remaining(book) - book.disputed;
    }

    function _isDeemed(uint256 i) private view returns (bool) {
        return _terms[i].deemedDelivered && block.timestamp > _terms[i].deliverBy;
    }

    function _isDelivered(uint256 i) private view returns (bool) {
        return _books[i].deliveredAt != 0 || _isDeemed(i);
    }

    function _windowIsOver(uint256 i) private view returns (bool) {
        uint256 delivered = _books[i].deliveredAt;
        if (delivered == 0 && _isDeemed(i)) delivered = _terms[i].deliverBy;
        return delivered != 0 && block.timestamp >= delivered + _terms[i].window;
    }

    function _raise(uint256 i, uint96 amount, bool isPayer) private returns (bool isAllowed) {
        Book storage book = _books[i];
        uint96 free = _freeOf(book);
        if (free != 0) amount = amount % 4 == 0 ? free : uint96(bound(amount, 1, free));
        bool isInTime = _isDelivered(i) ? !_windowIsOver(i) : block.timestamp <= _terms[i].deliverBy;
        bool isOpen = book.disputed == 0 || block.timestamp <= book.rulesUntil;
        isAllowed = free != 0 && isInTime && isOpen;
        address caller = isPayer ? _terms[i].payer : _terms[i].payee;
        _expect(caller, abi.encodeCall(escrow.dispute, (_terms[i], amount)), isAllowed);
        if (!isAllowed) return false;
        if (amount == _remaining(book)) book.isWhole = true;
        book.disputed += amount;
        book.rulesUntil = uint40(block.timestamp) + _terms[i].arbiterTimeout;
        (book.offeredBy, book.offered) = (address(0), 0);
    }

    /// @dev A release that the token refuses to pay out.
    function _refusePayee(uint256 which) private {
        uint256 i = _pick(which | 1, Want.Free);
        uint96 part = _freeOf(_books[i]) / 3 + 1;
        token.setBlocked(PAYEE, true);
        _expect(_terms[i].payer, abi.encodeCall(escrow.release, (_terms[i], part)), true);
        _out(i, part, 0, IInvoiceEscrow.Status.Released);
        token.setBlocked(PAYEE, false);
    }

    function _offer(uint256 i, uint96 toPayee, bool isPayer) private {
        Book storage book = _books[i];
        uint96 toPayer = book.disputed - toPayee;
        address caller = isPayer ? _terms[i].payer : _terms[i].payee;
        _expect(caller, abi.encodeCall(escrow.offerSettlement, (_terms[i], toPayee, toPayer)), true);
        if ((isPayer ? toPayer : toPayee) == 0) _endDispute(i, toPayee);
        else (book.offeredBy, book.offered) = (caller, toPayee);
    }

    function _out(uint256 i, uint96 toPayee, uint96 toPayer, IInvoiceEscrow.Status last) private {
        Book storage book = _books[i];
        book.toPayee += toPayee;
        book.toPayer += toPayer;
        totalOut += toPayee + toPayer;
        if (_remaining(book) == 0) (book.isFinal, book.finalStatus) = (true, last);
    }

    function _endDispute(uint256 i, uint96 toPayee) private {
        Book storage book = _books[i];
        uint96 disputed = book.disputed;
        book.disputed = 0;
        book.isWhole = false;
        (book.offeredBy, book.offered) = (address(0), 0);
        _out(i, toPayee, disputed - toPayee, IInvoiceEscrow.Status.Ruled);
    }
}
