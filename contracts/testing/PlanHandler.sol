// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInstallmentPlan} from "../interfaces/IInstallmentPlan.sol";
import {CallCounts} from "./CallCounts.sol";
import {HostileToken} from "./HostileToken.sol";
import {PlanBase} from "./PlanBase.sol";
import {SmartAccount} from "./SmartAccount.sol";

/// @notice Drives up to eight plans at once, of four payers with three payees, and keeps books of its own from the
/// terms and the calls alone, instalment by instalment. Calls that must fail are made by the handler itself, which
/// asserts that they do.
contract PlanHandler is PlanBase, CallCounts {
    enum Rail {
        None,
        Pulled,
        Early,
        Elsewhere
    }

    /// @dev Books of one plan. `pulled`, `early` and `elsewhere` are amounts.
    struct Book {
        uint16 paid;
        bool isDefaulted;
        bool isCancelled;
        uint256 pulled;
        uint256 early;
        uint256 elsewhere;
    }

    uint256 private constant PLANS = 8;
    uint256 private constant PAYERS = 4;
    uint256 private constant PAYEES = 3;

    IInstallmentPlan.Terms[] private _terms;
    mapping(uint256 index => Book book) private _books;
    mapping(bytes32 id => mapping(uint256 instalment => Rail rail)) private _rails;
    address[] private _parties;
    mapping(address account => uint256 key) private _keys;
    mapping(address account => uint256 amount) public balanceShouldBe;
    mapping(address payer => uint256 amount) private _allowed;
    uint256 private _offers;

    error PlanHandler_CallRefused(bytes call, bytes answer);

    constructor() {
        deploy();
        // The last payer and the last payee are contracts.
        for (uint256 i = 0; i < PAYERS + PAYEES; ++i) {
            address owner = vm.addr(0x1000 + i);
            bool isContract = i == PAYERS - 1 || i == PAYERS + PAYEES - 1;
            address account = isContract ? address(new SmartAccount(owner)) : owner;
            _parties.push(account);
            _keys[account] = 0x1000 + i;
        }
    }

    // Views for the invariants

    function count() external view returns (uint256) {
        return _terms.length;
    }

    function bookAt(uint256 index) external view returns (Book memory) {
        return _books[index];
    }

    function standingAt(uint256 index) external view returns (IInstallmentPlan.Standing memory) {
        return plan.standingOf(_terms[index]);
    }

    /// @notice Where a plan should stand: by the books, and by loops over its instalments.
    function expectedAt(uint256 index) external view returns (IInstallmentPlan.Standing memory expected) {
        IInstallmentPlan.Terms memory terms = _terms[index];
        uint16 paid = _books[index].paid;
        expected.paid = paid;
        expected.status = _statusOf(index);
        if (!_isRunning(index)) return expected;
        uint256 overdue = dueCount(terms, paid, vm.getBlockTimestamp());
        expected.due = uint16(dueCount(terms, 0, vm.getBlockTimestamp()));
        expected.missed = uint16(missedCount(terms, paid, vm.getBlockTimestamp()));
        expected.overdueAmount = amountOf(terms, paid, overdue);
    }

    function totalAt(uint256 index) external view returns (uint256) {
        return amountOf(_terms[index], 0, _terms[index].count);
    }

    function dueAmountAt(uint256 index) external view returns (uint256) {
        return amountOf(_terms[index], 0, dueCount(_terms[index], 0, vm.getBlockTimestamp()));
    }

    function parties() external view returns (address[] memory) {
        return _parties;
    }

    function balanceOf(address account) external view returns (uint256) {
        return token.balanceOf(account);
    }

    function balanceOfPlan() external view returns (uint256) {
        return token.balanceOf(address(plan));
    }

    // Agreement

    function agreeAsPayer(uint256 seed) external counted("agree") {
        if (!_hasRoom()) return;
        _add(_newTerms(seed), false);
        _tookEffect("agree");
    }

    function agreeSigned(uint256 seed) external counted("agreeSigned") {
        if (!_hasRoom()) return;
        _add(_newTerms(seed), true);
        _tookEffect("agreeSigned");
    }

    function cancelOffer(uint256 seed, bool isPayer) external counted("cancelOffer") {
        IInstallmentPlan.Terms memory terms = _newTerms(seed);
        vm.prank(isPayer ? terms.payer : terms.payee);
        plan.cancelOffer(terms);
        (bytes memory byPayer, bytes memory byPayee) = _signatures(terms);
        _assertRefused(terms.payer, abi.encodeCall(plan.agree, (terms, byPayee)));
        _assertRefused(STRANGER, abi.encodeCall(plan.agreeSigned, (terms, byPayer, byPayee)));
        _tookEffect("cancelOffer");
    }

    // Payments

    function pullDue(uint256 which, uint256 instalments, uint256 money) external counted("pull") {
        uint256 i = _pickDue(which);
        uint16 part = uint16(bound(instalments, 1, dueCount(_terms[i], _books[i].paid, vm.getBlockTimestamp())));
        bool isAble = _setMoney(i, part, money % 8);
        bytes memory call = abi.encodeCall(plan.pull, (_terms[i], part));
        if (!isAble) return _assertRefused(STRANGER, call);
        _assertAccepted(STRANGER, call);
        _book(i, part, Rail.Pulled);
        _tookEffect("pull");
    }

    /// @dev Up to six pulls, good and bad, some of one plan. The books take them one by one, which is what the batch
    /// must equal.
    function pullMany(uint256 seed, uint256 money) external counted("pullMany") {
        uint256 first = _pickDue(seed);
        _setMoney(first, 1, money % 8);
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](bound(pick(seed, "size"), 1, 6));
        bool[] memory expected = new bool[](pulls.length);
        bool isAny = false;
        for (uint256 k = 0; k < pulls.length; ++k) {
            uint256 i = k == 0 ? first : pick(seed, bytes32(k)) % _terms.length;
            uint16 part = k == 0 ? 1 : uint16(pick(seed, bytes32(k + 10)) % 3);
            pulls[k] = IInstallmentPlan.Pull(_terms[i], part);
            bool isDue = part != 0 && part <= dueCount(_terms[i], _books[i].paid, vm.getBlockTimestamp());
            expected[k] = isDue && _isRunning(i) && _isAble(i, part);
            if (expected[k]) _book(i, part, Rail.Pulled);
            isAny = isAny || expected[k];
        }
        vm.prank(STRANGER);
        bool[] memory pulled = plan.pullMany(pulls);
        assertEqual("CP6 answers", keccak256(abi.encode(pulled)), keccak256(abi.encode(expected)));
        if (isAny) _tookEffect("pullMany");
    }

    function payNext(uint256 which, uint256 instalments, uint256 money) external counted("payEarly") {
        uint256 i = _pickRunning(which);
        uint16 paid = _books[i].paid;
        uint16 part = _part(i, instalments);
        bool isAble = _setMoney(i, part, money % 8);
        bytes memory call = abi.encodeCall(plan.payEarly, (_terms[i], paid, part));
        if (!isAble) return _assertRefused(_terms[i].payer, call);
        _assertAccepted(_terms[i].payer, call);
        _book(i, part, Rail.Early);
        _tookEffect("payEarly");
    }

    function settleElsewhere(uint256 which, uint256 instalments) external counted("markSettled") {
        uint256 i = _pickRunning(which);
        uint16 part = _part(i, instalments);
        _assertAccepted(_terms[i].payee, abi.encodeCall(plan.markSettled, (_terms[i], _books[i].paid, part)));
        _book(i, part, Rail.Elsewhere);
        _tookEffect("markSettled");
    }

    // Default and end

    function callDefault(uint256 which, uint256 money) external counted("markDefault") {
        uint256 i = _pickRunning(which);
        bytes memory call = abi.encodeCall(plan.markDefault, (_terms[i]));
        if (_books[i].isDefaulted) return _assertRefused(STRANGER, call);
        uint256 graceEnds = dueAt(_terms[i], _books[i].paid) + _terms[i].grace;
        if (vm.getBlockTimestamp() <= graceEnds) {
            _assertRefused(STRANGER, call);
            vm.warp(graceEnds + 1);
        }
        bool isAble = _setMoney(i, 1, money % 4);
        assertTrue("CP7 default exactly when unable", markDefault(_terms[i]) != isAble);
        if (isAble) _book(i, 1, Rail.Pulled);
        else _books[i].isDefaulted = true;
        _tookEffect("markDefault");
    }

    function cancelPlan(uint256 which, bool isPayer) external counted("cancel") {
        uint256 i = _pickRunning(which);
        cancelBy(isPayer ? _terms[i].payer : _terms[i].payee, _terms[i]);
        _books[i].isCancelled = true;
        _tookEffect("cancel");
    }

    function passTime(uint256 duration) external counted("passTime") {
        vm.warp(vm.getBlockTimestamp() + bound(duration, 1, 45 days));
        _tookEffect("passTime");
    }

    // What must not succeed

    /// @dev CP5: while the token fails, no pull goes through, nothing changes, and nobody comes into default.
    function failToken(uint256 which, uint256 trouble, uint256 money) external counted("failToken") {
        uint256 i = _pickDue(which);
        _setMoney(i, 1, money % 4);
        HostileToken.Manner[3] memory manners = [
            HostileToken.Manner.Paused,
            HostileToken.Manner.ReturnsFalse,
            HostileToken.Manner.BurnsGas
        ];
        address unlucky = (trouble >> 2) % 2 == 0 ? _terms[i].payer : _terms[i].payee;
        if (trouble % 4 < 3) token.setManner(manners[trouble % 4]);
        else token.setBlocked(unlucky, true);
        _assertRefused(STRANGER, abi.encodeCall(plan.pull, (_terms[i], 1)));
        _assertRefused(STRANGER, abi.encodeCall(plan.markDefault, (_terms[i])));
        IInstallmentPlan.Pull[] memory pulls = new IInstallmentPlan.Pull[](1);
        pulls[0] = IInstallmentPlan.Pull(_terms[i], 1);
        assertTrue("CP5 not pulled", !plan.pullMany(pulls)[0]);
        token.setManner(HostileToken.Manner.Proper);
        token.setBlocked(unlucky, false);
    }

    /// @dev Calls by the wrong party, out of turn, of too much, or of what is over.
    function callWrongly(uint256 which, uint256 kind, uint16 wrong) external counted("callWrongly") {
        if (_terms.length == 0) _add(_newTerms(which), false);
        uint256 i = which % _terms.length;
        IInstallmentPlan.Terms memory terms = _terms[i];
        (address caller, bytes memory call) = kind % 12 < 10
            ? _wrongCall(i, terms, kind % 12, wrong)
            : _badOffer(which, kind % 12 == 10);
        _setMoney(i, 0, 7);
        _assertRefused(caller, call);
    }

    function _wrongCall(
        uint256 i,
        IInstallmentPlan.Terms memory terms,
        uint256 kind,
        uint16 wrong
    ) private view returns (address caller, bytes memory call) {
        uint16 paid = _books[i].paid;
        uint16 left = terms.count - paid;
        uint16 overdue = uint16(dueCount(terms, paid, vm.getBlockTimestamp()));
        uint16 paidWrong = wrong == paid ? paid + 1 : wrong;
        if (kind == 0) return (STRANGER, abi.encodeCall(plan.pull, (terms, overdue + 1)));
        if (kind == 1) return (STRANGER, abi.encodeCall(plan.pull, (terms, 0)));
        if (kind == 2) return (terms.payer, abi.encodeCall(plan.payEarly, (terms, paid, left + 1)));
        if (kind == 3) return (terms.payer, abi.encodeCall(plan.payEarly, (terms, paidWrong, 1)));
        if (kind == 4) return (terms.payee, abi.encodeCall(plan.payEarly, (terms, paid, 1)));
        if (kind == 5) return (terms.payee, abi.encodeCall(plan.markSettled, (terms, paidWrong, 1)));
        if (kind == 6) return (terms.payer, abi.encodeCall(plan.markSettled, (terms, paid, 1)));
        if (kind == 7) return (STRANGER, abi.encodeCall(plan.cancel, (terms)));
        if (kind == 8) return (terms.payer, abi.encodeCall(plan.cancelOffer, (terms)));
        (, bytes memory byPayee) = _signatures(terms);
        return (terms.payer, abi.encodeCall(plan.agree, (terms, byPayee)));
    }

    /// @dev A new offer that has expired, or whose signatures are each other's.
    function _badOffer(uint256 seed, bool isExpired) private returns (address caller, bytes memory call) {
        IInstallmentPlan.Terms memory terms = _newTerms(seed);
        (bytes memory byPayer, bytes memory byPayee) = _signatures(terms);
        if (!isExpired) return (STRANGER, abi.encodeCall(plan.agreeSigned, (terms, byPayee, byPayer)));
        vm.warp(vm.getBlockTimestamp() + 1);
        return (terms.payer, abi.encodeCall(plan.agree, (terms, byPayee)));
    }

    // Books

    function _book(uint256 i, uint16 part, Rail rail) private {
        Book storage book = _books[i];
        IInstallmentPlan.Terms memory terms = _terms[i];
        bytes32 id = plan.termsId(terms);
        for (uint256 k = book.paid; k < uint256(book.paid) + part; ++k) {
            assertTrue("CP8 each instalment once", _rails[id][k] == Rail.None);
            assertTrue("CP2 not early", rail != Rail.Pulled || dueAt(terms, k) <= vm.getBlockTimestamp());
            _rails[id][k] = rail;
        }
        uint256 amount = amountOf(terms, book.paid, part);
        book.paid += part;
        if (missedCount(terms, book.paid, vm.getBlockTimestamp()) == 0) book.isDefaulted = false;
        if (rail == Rail.Pulled) book.pulled += amount;
        else if (rail == Rail.Early) book.early += amount;
        else book.elsewhere += amount;
        if (rail == Rail.Elsewhere) return;
        balanceShouldBe[terms.payer] -= amount;
        balanceShouldBe[terms.payee] += amount;
        if (_allowed[terms.payer] != type(uint256).max) _allowed[terms.payer] -= amount;
    }

    function _statusOf(uint256 i) private view returns (IInstallmentPlan.Status) {
        if (_books[i].isCancelled) return IInstallmentPlan.Status.Cancelled;
        if (_books[i].paid == _terms[i].count) return IInstallmentPlan.Status.Done;
        return _books[i].isDefaulted ? IInstallmentPlan.Status.Defaulted : IInstallmentPlan.Status.Active;
    }

    function _isRunning(uint256 i) private view returns (bool) {
        return !_books[i].isCancelled && _books[i].paid < _terms[i].count;
    }

    function _isAble(uint256 i, uint16 part) private view returns (bool) {
        uint256 amount = amountOf(_terms[i], _books[i].paid, part);
        address payer = _terms[i].payer;
        return balanceShouldBe[payer] >= amount && _allowed[payer] >= amount;
    }

    /// @dev Kind 0: a unit too little allowed; 1: a unit too little there; 2: exactly enough of both; else plenty.
    function _setMoney(uint256 i, uint16 part, uint256 kind) private returns (bool isAble) {
        address payer = _terms[i].payer;
        uint256 amount = amountOf(_terms[i], _books[i].paid, part);
        _setBalance(payer, kind == 1 ? amount - 1 : kind == 2 ? amount : WEALTH);
        _allowed[payer] = kind == 0 ? amount - 1 : kind == 2 ? amount : type(uint256).max;
        allow(payer, _allowed[payer]);
        return kind > 1;
    }

    function _setBalance(address account, uint256 amount) private {
        uint256 balance = balanceShouldBe[account];
        if (amount < balance) {
            token.shrink(account, balance - amount);
        } else {
            vm.prank(account);
            token.tap(amount - balance);
        }
        balanceShouldBe[account] = amount;
    }

    // Plans

    function _hasRoom() private view returns (bool) {
        if (_terms.length < PLANS) return true;
        for (uint256 i = 0; i < PLANS; ++i) if (!_isRunning(i)) return true;
        return false;
    }

    /// @dev Agrees a new plan, which takes the place of one that is over.
    function _add(IInstallmentPlan.Terms memory terms, bool isRelayed) private returns (uint256 i) {
        (bytes memory byPayer, bytes memory byPayee) = _signatures(terms);
        if (isRelayed) _assertAccepted(STRANGER, abi.encodeCall(plan.agreeSigned, (terms, byPayer, byPayee)));
        else _assertAccepted(terms.payer, abi.encodeCall(plan.agree, (terms, byPayee)));
        while (i < _terms.length && _isRunning(i)) ++i;
        if (i == _terms.length) _terms.push(terms);
        else _terms[i] = terms;
        delete _books[i];
    }

    function _newTerms(uint256 seed) private returns (IInstallmentPlan.Terms memory terms) {
        terms.payer = _parties[pick(seed, "payer") % PAYERS];
        terms.payee = _parties[PAYERS + (pick(seed, "payee") % PAYEES)];
        terms.each = uint96(bound(pick(seed, "each"), 1, 1_000e6));
        terms.last = uint96(bound(pick(seed, "last"), 1, 1_000e6));
        terms.start = uint40(vm.getBlockTimestamp() + bound(pick(seed, "start"), 0, 40 days)) - 1 days;
        terms.period = uint32(bound(pick(seed, "period"), 1 days, 60 days));
        terms.count = uint16(bound(pick(seed, "count"), 1, 12));
        terms.grace = uint32(bound(pick(seed, "grace"), 1 days, 60 days));
        terms.offerExpires = uint40(vm.getBlockTimestamp());
        terms.settlementKey = bytes32(++_offers);
    }

    function _signatures(
        IInstallmentPlan.Terms memory terms
    ) private view returns (bytes memory byPayer, bytes memory byPayee) {
        bytes32 id = plan.termsId(terms);
        return (signWith(_keys[terms.payer], id), signWith(_keys[terms.payee], id));
    }

    /// @dev A plan that runs; a new one when none does.
    function _pickRunning(uint256 which) private returns (uint256) {
        for (uint256 k = 0; k < _terms.length; ++k) {
            uint256 i = (which % _terms.length + k) % _terms.length;
            if (_isRunning(i)) return i;
        }
        return _add(_newTerms(which), false);
    }

    /// @dev A plan that runs and has something due, for which time may have to pass.
    function _pickDue(uint256 which) private returns (uint256 i) {
        i = _pickRunning(which);
        uint256 nextDue = dueAt(_terms[i], _books[i].paid);
        if (vm.getBlockTimestamp() < nextDue) vm.warp(nextDue);
    }

    /// @dev Mostly one or two of the instalments that are left, so that plans last.
    function _part(uint256 i, uint256 word) private view returns (uint16) {
        uint256 left = _terms[i].count - _books[i].paid;
        uint256 most = word % 8 == 0 || left < 2 ? left : 2;
        return uint16(bound(word >> 8, 1, most));
    }

    function _assertAccepted(address caller, bytes memory call) private {
        vm.prank(caller);
        (bool success, bytes memory answer) = address(plan).call(call);
        if (!success) revert PlanHandler_CallRefused(call, answer);
    }

    /// @dev The gas is limited for the sake of a token that burns all it gets.
    function _assertRefused(address caller, bytes memory call) private {
        bytes32 before = _world();
        vm.prank(caller);
        (bool success, ) = address(plan).call{gas: 800_000}(call);
        assertTrue("refused", !success);
        assertEqual("CP5 nothing changed", _world(), before);
    }

    function _world() private view returns (bytes32 result) {
        for (uint256 i = 0; i < _terms.length; ++i) {
            result = keccak256(abi.encode(result, plan.standingOf(_terms[i])));
        }
        for (uint256 i = 0; i < _parties.length; ++i) {
            result = keccak256(abi.encode(result, token.balanceOf(_parties[i])));
        }
    }
}
