// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "../interfaces/IInvoiceEscrow.sol";
import {EscrowBase} from "./EscrowBase.sol";

/// @notice Drives several escrows through random calls of their parties, and keeps books of its own on what each call must have moved.
/// Calls that must fail are made by the handler itself, which asserts that they do; any other failure is a revert of the handler.
contract EscrowHandler is EscrowBase {
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

    IInvoiceEscrow.Terms[] private _terms;
    mapping(uint256 index => Book book) private _books;
    uint256 public totalFunded;
    uint256 public totalOut;
    uint256 public gifts;

    mapping(bytes32 name => uint256 count) public calls;
    mapping(bytes32 name => uint256 count) public effects;
    bytes32[] public names;

    modifier counted(bytes32 name) {
        if (calls[name]++ == 0) names.push(name);
        _;
    }

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
        _books[_terms.length].funded = funded;
        _terms.push(terms);
        totalFunded += funded;
        ++effects["fund"];
    }

    function markDelivered(uint256 which, bool isPayer) external counted("markDelivered") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
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
        ++effects["markDelivered"];
    }

    function attest(uint256 which, bytes32 evidence) external counted("attest") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
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
        ++effects["attest"];
    }

    function releasePart(uint256 which, uint96 part) external counted("release") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        uint96 free = _freeOf(_books[i]);
        part = free == 0 ? part : uint96(bound(part, 1, free));
        bool isAllowed = free != 0;
        _expect(_terms[i].payer, abi.encodeCall(escrow.release, (_terms[i], part)), isAllowed);
        if (!isAllowed) return;
        _out(i, part, 0, IInvoiceEscrow.Status.Released);
        ++effects["release"];
    }

    function refundPart(uint256 which, uint96 part) external counted("refund") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        uint96 free = _freeOf(_books[i]);
        part = free == 0 ? part : uint96(bound(part, 1, free));
        bool isAllowed = free != 0;
        _expect(_terms[i].payee, abi.encodeCall(escrow.refund, (_terms[i], part)), isAllowed);
        if (!isAllowed) return;
        _out(i, 0, part, IInvoiceEscrow.Status.Refunded);
        ++effects["refund"];
    }

    function releaseSeveral(uint256 which, uint8 size, bool isPayer) external counted("releaseMany") {
        if (_terms.length == 0) return;
        uint256 length = bound(size, 1, 4);
        IInvoiceEscrow.Terms[] memory many = new IInvoiceEscrow.Terms[](length);
        uint256 expected = 0;
        for (uint256 k = 0; k < length; ++k) {
            uint256 i = ((which % _terms.length) + k * (which % 3)) % _terms.length;
            many[k] = _terms[i];
            uint96 free = _freeOf(_books[i]);
            if (free == 0 || !(isPayer || _windowIsOver(i))) continue;
            _out(i, free, 0, IInvoiceEscrow.Status.Released);
            ++expected;
        }
        vm.prank(isPayer ? PAYER : STRANGER);
        assertEqual("CE9 what is ready", escrow.releaseMany(many), expected);
        if (expected != 0) ++effects["releaseMany"];
    }

    function settleDue(uint256 which) external counted("settle") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        Book storage book = _books[i];
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
        ++effects["settle"];
    }

    function raise(uint256 which, uint96 amount, bool isPayer) external counted("dispute") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        Book storage book = _books[i];
        uint96 free = _freeOf(book);
        if (free != 0) amount = amount % 4 == 0 ? free : uint96(bound(amount, 1, free));
        bool isInTime = _isDelivered(i) ? !_windowIsOver(i) : block.timestamp <= _terms[i].deliverBy;
        bool isOpen = book.disputed == 0 || block.timestamp <= book.rulesUntil;
        bool isAllowed = free != 0 && isInTime && isOpen;
        address caller = isPayer ? _terms[i].payer : _terms[i].payee;
        _expect(caller, abi.encodeCall(escrow.dispute, (_terms[i], amount)), isAllowed);
        if (!isAllowed) return;
        if (amount == _remaining(book)) book.isWhole = true;
        book.disputed += amount;
        book.rulesUntil = uint40(block.timestamp) + _terms[i].arbiterTimeout;
        (book.offeredBy, book.offered) = (address(0), 0);
        ++effects["dispute"];
    }

    function offer(uint256 which, uint96 toPayee, bool isPayer) external counted("offerSettlement") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        Book storage book = _books[i];
        toPayee = book.disputed == 0 ? toPayee : uint96(bound(toPayee, 0, book.disputed));
        uint96 toPayer = book.disputed == 0 ? 0 : book.disputed - toPayee;
        address caller = isPayer ? _terms[i].payer : _terms[i].payee;
        bytes memory call = abi.encodeCall(escrow.offerSettlement, (_terms[i], toPayee, toPayer));
        _expect(caller, call, book.disputed != 0);
        if (book.disputed == 0) return;
        if ((isPayer ? toPayer : toPayee) == 0) _endDispute(i, toPayee);
        else (book.offeredBy, book.offered) = (caller, toPayee);
        ++effects["offerSettlement"];
    }

    function acceptOffer(uint256 which, bool isOther) external counted("acceptSettlement") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        Book storage book = _books[i];
        bool isOffered = book.offeredBy != address(0);
        address other = book.offeredBy == _terms[i].payer ? _terms[i].payee : _terms[i].payer;
        address caller = isOther ? other : book.offeredBy;
        if (!isOffered) caller = _terms[i].payer;
        uint96 toPayer = isOffered ? book.disputed - book.offered : 0;
        bytes memory call = abi.encodeCall(escrow.acceptSettlement, (_terms[i], book.offered, toPayer));
        _expect(caller, call, isOffered && isOther);
        if (!isOffered || !isOther) return;
        _endDispute(i, book.offered);
        ++effects["acceptSettlement"];
    }

    function ruleDispute(uint256 which, uint96 toPayee) external counted("rule") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
        Book storage book = _books[i];
        toPayee = book.disputed == 0 ? toPayee : uint96(bound(toPayee, 0, book.disputed));
        uint96 toPayer = book.disputed == 0 ? 0 : book.disputed - toPayee;
        bool isAllowed = book.disputed != 0 && block.timestamp <= book.rulesUntil;
        _expect(ARBITER, abi.encodeCall(escrow.rule, (_terms[i], toPayee, toPayer)), isAllowed);
        if (!isAllowed) return;
        _endDispute(i, toPayee);
        ++effects["rule"];
    }

    function withdraw(uint8 who) external counted("withdrawCredit") {
        address owner = [PAYER, PAYEE, AGENCY][who % 3];
        uint256 credit = escrow.creditOf(owner);
        uint256 before = token.balanceOf(STRANGER);
        _expect(owner, abi.encodeCall(escrow.withdrawCredit, (STRANGER)), credit != 0);
        assertEqual("CE11 the whole credit, once", token.balanceOf(STRANGER) - before, credit);
        assertEqual("CE11 gone", escrow.creditOf(owner), 0);
        ++effects["withdrawCredit"];
    }

    function block_(uint8 who, bool isBlocked) external counted("block") {
        token.setBlocked([PAYER, PAYEE, AGENCY][who % 3], isBlocked && who % 2 == 0);
        // A blocked payer cannot fund; nobody's funding is tested with one.
        token.setBlocked(PAYER, false);
        ++effects["block"];
    }

    function giveByMistake(uint96 amount) external counted("mistake") {
        uint256 gift = bound(amount, 1, 1_000e6);
        vm.prank(STRANGER);
        token.tap(gift);
        vm.prank(STRANGER);
        token.transfer(address(escrow), gift);
        gifts += gift;
        ++effects["mistake"];
    }

    function pass(uint32 time) external counted("time") {
        vm.warp(block.timestamp + bound(time, 0, 6 days));
        ++effects["time"];
    }

    /// @notice What must be refused always: acts of a stranger, and funding the same terms again.
    function meddle(uint256 which, uint256 kind, uint96 part) external counted("stranger") {
        (bool exists, uint256 i) = _pick(which);
        if (!exists) return;
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

    /// @dev An escrow to act on; mostly one of the latest, so that a good part of the calls finds money.
    function _pick(uint256 which) private view returns (bool exists, uint256 index) {
        if (_terms.length == 0) return (false, 0);
        uint256 recent = _terms.length < 6 ? _terms.length : 6;
        index = _terms.length - 1 - (which % recent);
        for (uint256 k = 0; k < recent && _remaining(_books[index]) == 0 && which % 8 != 0; ++k) {
            index = _terms.length - 1 - ((which % recent + k) % recent);
        }
        return (true, index);
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
