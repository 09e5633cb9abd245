// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {IReceiveWithAuthorization} from "./interfaces/IReceiveWithAuthorization.sol";
import {GuardedToken} from "./libraries/GuardedToken.sol";

/// @title InvoiceEscrow
/// @notice See {IInvoiceEscrow}. One instance serves one vetted token. The contract counts its own bookkeeping only:
/// tokens that are sent to it by mistake change nothing and cannot be moved.
contract InvoiceEscrow is IInvoiceEscrow, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using GuardedToken for IERC20;

    /// @dev One slot, packed by {_store}. While `wholeDisputed`, all that remains is disputed and `windowEnds` holds the
    /// arbiter's limit, so that the common dispute needs no second slot: with nothing free the window itself has no
    /// meaning any more.
    // solhint-disable-next-line gas-struct-packing
    struct Escrow {
        uint96 remaining;
        uint96 released;
        uint40 windowEnds;
        Status status;
        bool discounted;
        bool wholeDisputed;
    }

    /// @dev One slot, used while a part is disputed, or an offer stands.
    struct Dispute {
        uint96 amount;
        uint96 offeredToPayee;
        uint40 rulesUntil;
        Side offeredBy;
    }

    enum Side {
        Nobody,
        Payer,
        Payee
    }

    /// @dev What the end of a call pays out.
    struct Payouts {
        uint256 toPayee;
        uint256 toAgency;
        uint256 toPayer;
    }

    bytes32 private constant TERMS_TYPEHASH =
        keccak256(
            "Terms(address payer,address payee,address arbiter,uint96 amount,uint40 offerExpires,uint40 deliverBy,"
            "uint32 window,uint32 arbiterTimeout,uint16 defaultPayeeShareBps,bool deemedDelivered,bytes32 settlementKey,"
            "address attestor,uint40 discountUntil,uint96 discountedAmount,address agency,uint16 agencyShareBps)"
        );
    bytes32 private constant DELIVERY_TYPEHASH = keccak256("Delivery(bytes32 id,bytes32 evidence)");

    uint256 private constant BPS = 10_000;
    /// @dev A sequencer's outage must not eat a window.
    uint256 private constant SHORTEST_DURATION = 1 days;
    /// @dev Bounds every wait, so that "by time alone" means within years and not in another century.
    uint256 private constant LONGEST_DURATION = 366 days;

    IERC20 private immutable TOKEN;

    mapping(bytes32 id => uint256 packed) private _escrows;
    mapping(bytes32 id => Dispute dispute) private _disputes;
    mapping(address recipient => uint256 credit) private _credits;

    /// @param token_ The vetted token that this instance serves for good.
    constructor(address token_) EIP712("Quittance InvoiceEscrow", "1") {
        if (token_.code.length == 0) revert InvoiceEscrow_TokenWithoutCode(token_);
        TOKEN = IERC20(token_);
    }

    // Funding

    /// @inheritdoc IInvoiceEscrow
    function fund(Terms calldata terms, bytes calldata payeeSignature) external override nonReentrant {
        _requireCaller(terms.payer);
        (, uint96 amount) = _accept(terms, payeeSignature);
        _pull(amount);
    }

    /// @inheritdoc IInvoiceEscrow
    function fundWithPermit(
        Terms calldata terms,
        bytes calldata payeeSignature,
        Permit calldata permit
    ) external override nonReentrant {
        _requireCaller(terms.payer);
        (, uint96 amount) = _accept(terms, payeeSignature);
        // Somebody may have run the permit before: what counts is whether the pull succeeds.
        (uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) = (
            permit.value,
            permit.deadline,
            permit.v,
            permit.r,
            permit.s
        );
        try IERC20Permit(address(TOKEN)).permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
        _pull(amount);
    }

    /// @inheritdoc IInvoiceEscrow
    function fundWithAuthorization(
        Terms calldata terms,
        bytes calldata payeeSignature,
        Authorization calldata authorization
    ) external override nonReentrant {
        (bytes32 id, uint96 amount) = _accept(terms, payeeSignature);
        uint256 before = TOKEN.balanceOf(address(this));
        IReceiveWithAuthorization(address(TOKEN)).receiveWithAuthorization({
            from: terms.payer,
            to: address(this),
            value: amount,
            validAfter: authorization.validAfter,
            validBefore: authorization.validBefore,
            nonce: id,
            v: authorization.v,
            r: authorization.r,
            s: authorization.s
        });
        _requireReceipt(before, amount);
    }

    /// @inheritdoc IInvoiceEscrow
    function fundMany(Offer[] calldata offers) external override nonReentrant {
        if (offers.length == 0) revert InvoiceEscrow_BatchEmpty();
        uint256 total = 0;
        for (uint256 i = 0; i < offers.length; ++i) {
            _requireCaller(offers[i].terms.payer);
            (, uint96 amount) = _accept(offers[i].terms, offers[i].payeeSignature);
            total += amount;
        }
        _pull(total);
    }

    /// @inheritdoc IInvoiceEscrow
    function cancelOffer(Terms calldata terms) external override {
        _requireCaller(terms.payee);
        bytes32 id = termsId(terms);
        Escrow memory escrow = _requireUnused(id);
        escrow.status = Status.Cancelled;
        _store(id, escrow);
        emit OfferCancelled(id, msg.sender);
    }

    // Direct payment

    /// @inheritdoc IInvoiceEscrow
    function pay(DirectPayment calldata payment) external override nonReentrant {
        _record(payment);
        TOKEN.safeTransferFrom(msg.sender, payment.payee, payment.amount);
    }

    /// @inheritdoc IInvoiceEscrow
    function payMany(DirectPayment[] calldata payments) external override nonReentrant {
        if (payments.length == 0) revert InvoiceEscrow_BatchEmpty();
        address payee = payments[0].payee;
        uint256 sum = 0;
        for (uint256 i = 0; i < payments.length; ++i) {
            _record(payments[i]);
            if (payments[i].payee != payee) {
                TOKEN.safeTransferFrom(msg.sender, payee, sum);
                payee = payments[i].payee;
                sum = 0;
            }
            sum += payments[i].amount;
        }
        TOKEN.safeTransferFrom(msg.sender, payee, sum);
    }

    // Running

    /// @inheritdoc IInvoiceEscrow
    function markDelivered(Terms calldata terms) external override {
        bool isPayeesWord = terms.attestor == address(0) && msg.sender == terms.payee;
        if (!isPayeesWord) _requireCaller(terms.payer);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        _markDelivered(terms, id, escrow, msg.sender, bytes32(0));
    }

    /// @inheritdoc IInvoiceEscrow
    function markDeliveredAttested(
        Terms calldata terms,
        bytes32 evidence,
        bytes calldata attestorSignature
    ) external override {
        (bytes32 id, Escrow memory escrow) = _load(terms);
        address attestor = terms.attestor;
        bool isSigned = attestor != address(0) &&
            _isSigned(attestor, deliveryDigest(id, evidence), attestorSignature);
        if (!isSigned) revert InvoiceEscrow_SignatureInvalid(id, attestor);
        _markDelivered(terms, id, escrow, attestor, evidence);
    }

    /// @inheritdoc IInvoiceEscrow
    function release(Terms calldata terms, uint96 part) external override nonReentrant {
        _requireCaller(terms.payer);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        _requirePart(id, part, _free(id, escrow));
        Payouts memory payouts;
        _release(terms, id, escrow, part, payouts);
        _store(id, escrow);
        _disburse(terms, payouts);
    }

    /// @inheritdoc IInvoiceEscrow
    function releaseMany(Terms[] calldata terms) external override nonReentrant returns (uint256 releasedCount) {
        address payee = address(0);
        uint256 owed = 0;
        for (uint256 i = 0; i < terms.length; ++i) {
            Payouts memory payouts = _releaseIfReady(terms[i]);
            if (payouts.toPayee + payouts.toAgency == 0) continue;
            ++releasedCount;
            if (terms[i].payee != payee) {
                _payOut(payee, owed);
                payee = terms[i].payee;
                owed = 0;
            }
            owed += payouts.toPayee;
            _payOut(terms[i].agency, payouts.toAgency);
        }
        _payOut(payee, owed);
    }

    /// @inheritdoc IInvoiceEscrow
    function refund(Terms calldata terms, uint96 part) external override nonReentrant {
        _requireCaller(terms.payee);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        _requirePart(id, part, _free(id, escrow));
        Payouts memory payouts;
        _refund(id, escrow, part, payouts);
        _store(id, escrow);
        _disburse(terms, payouts);
    }

    /// @inheritdoc IInvoiceEscrow
    function settle(Terms calldata terms) external override nonReentrant {
        (bytes32 id, Escrow memory escrow) = _load(terms);
        Payouts memory payouts;
        bool isDue = _splitIfSilent(terms, id, escrow, payouts);
        uint96 free = escrow.remaining == 0 ? 0 : _free(id, escrow);
        if (free != 0) {
            uint256 windowEnds = _windowEnds(terms, escrow);
            if (windowEnds == 0 ? block.timestamp > terms.deliverBy : block.timestamp >= windowEnds) {
                if (windowEnds == 0) _refund(id, escrow, free, payouts);
                else _release(terms, id, escrow, free, payouts);
                isDue = true;
            }
        }
        if (!isDue) revert InvoiceEscrow_NothingDue(id);
        _store(id, escrow);
        _disburse(terms, payouts);
    }

    // Dispute

    /// @inheritdoc IInvoiceEscrow
    function dispute(Terms calldata terms, uint96 amount) external override {
        _requireParty(terms);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        uint96 free = _free(id, escrow);
        // A ceiling, not an exact sum: else the other side could make a dispute fail by moving one unit before it.
        if (amount > free) amount = free;
        _requirePart(id, amount, free);
        uint256 windowEnds = _windowEnds(terms, escrow);
        _requireInTime(id, windowEnds == 0 ? terms.deliverBy : windowEnds - 1);
        // Once the arbiter's time is over the split is due: raising the dispute would take it away again.
        if (free != escrow.remaining) _requireInTime(id, _disputes[id].rulesUntil);

        uint40 rulesUntil = uint40(block.timestamp) + terms.arbiterTimeout;
        uint96 disputed = amount;
        if (amount == escrow.remaining) {
            escrow.wholeDisputed = true;
            escrow.windowEnds = rulesUntil;
        } else {
            disputed += escrow.remaining - free;
            _disputes[id] = Dispute({
                amount: disputed,
                offeredToPayee: 0,
                rulesUntil: rulesUntil,
                offeredBy: Side.Nobody
            });
        }
        escrow.status = Status.Disputed;
        _store(id, escrow);
        emit DisputeRaised(id, msg.sender, amount, disputed, rulesUntil);
    }

    /// @inheritdoc IInvoiceEscrow
    function offerSettlement(Terms calldata terms, uint96 toPayee, uint96 toPayer) external override nonReentrant {
        _requireParty(terms);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        Dispute memory open = _requireDispute(id, escrow);
        _requireShares(id, toPayee, toPayer, open.amount);
        bool isPayer = msg.sender == terms.payer;
        if ((isPayer ? toPayer : toPayee) == 0) {
            return _endDispute(terms, id, escrow, toPayee, toPayer);
        }
        open.offeredToPayee = toPayee;
        open.offeredBy = isPayer ? Side.Payer : Side.Payee;
        _disputes[id] = open;
        emit SettlementOffered(id, msg.sender, toPayee, toPayer);
    }

    /// @inheritdoc IInvoiceEscrow
    function acceptSettlement(Terms calldata terms, uint96 toPayee, uint96 toPayer) external override nonReentrant {
        _requireParty(terms);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        Dispute memory open = _requireDispute(id, escrow);
        _requireShares(id, toPayee, toPayer, open.amount);
        Side other = msg.sender == terms.payer ? Side.Payee : Side.Payer;
        if (open.offeredBy != other || open.offeredToPayee != toPayee) {
            revert InvoiceEscrow_OfferMismatch(id, toPayee, open.offeredToPayee);
        }
        _endDispute(terms, id, escrow, toPayee, toPayer);
    }

    /// @inheritdoc IInvoiceEscrow
    function rule(Terms calldata terms, uint96 toPayee, uint96 toPayer) external override nonReentrant {
        _requireCaller(terms.arbiter);
        (bytes32 id, Escrow memory escrow) = _load(terms);
        Dispute memory open = _requireDispute(id, escrow);
        _requireInTime(id, open.rulesUntil);
        _requireShares(id, toPayee, toPayer, open.amount);
        _endDispute(terms, id, escrow, toPayee, toPayer);
    }

    // Credits

    /// @inheritdoc IInvoiceEscrow
    function withdrawCredit(address to) external override nonReentrant {
        uint256 credit = _credits[msg.sender];
        if (credit == 0) revert InvoiceEscrow_NoCredit(msg.sender);
        _requireAccount(to);
        _credits[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, to, credit);
        TOKEN.safeTransfer(to, credit);
    }

    // Views

    /// @inheritdoc IInvoiceEscrow
    function termsId(Terms calldata terms) public view override returns (bytes32 id) {
        bytes32 typeHash = TERMS_TYPEHASH;
        bytes32 structHash;
        // As keccak256(abi.encode(typeHash, terms)), which costs 2,000 more; a test compares the two. The words are
        // taken as they are: terms with bits that a field's type does not have get an id of their own, which
        // {_requireClean} keeps unfunded.
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, typeHash)
            calldatacopy(add(scratch, 32), terms, 512)
            structHash := keccak256(scratch, 544)
        }
        return _hashTypedDataV4(structHash);
    }

    /// @inheritdoc IInvoiceEscrow
    function deliveryDigest(bytes32 id, bytes32 evidence) public view override returns (bytes32 digest) {
        return _hashTypedDataV4(keccak256(abi.encode(DELIVERY_TYPEHASH, id, evidence)));
    }

    /// @inheritdoc IInvoiceEscrow
    function stateOf(Terms calldata terms) external view override returns (EscrowState memory state) {
        bytes32 id = termsId(terms);
        Escrow memory escrow;
        _read(id, escrow);
        state.status = escrow.status;
        state.remaining = escrow.remaining;
        state.released = escrow.released;
        state.discounted = escrow.discounted;
        if (escrow.remaining == 0) return state;
        state.windowEnds = uint40(_windowEnds(terms, escrow));
        if (escrow.status == Status.Funded && state.windowEnds != 0) state.status = Status.Delivered;
        if (escrow.status != Status.Disputed) return state;
        Dispute memory open = _requireDispute(id, escrow);
        state.disputed = open.amount;
        state.rulesUntil = open.rulesUntil;
        state.offeredToPayee = open.offeredToPayee;
        if (open.offeredBy == Side.Payer) state.offeredBy = terms.payer;
        if (open.offeredBy == Side.Payee) state.offeredBy = terms.payee;
    }

    /// @inheritdoc IInvoiceEscrow
    function creditOf(address recipient) external view override returns (uint256 credit) {
        return _credits[recipient];
    }

    /// @inheritdoc IInvoiceEscrow
    function token() external view override returns (address) {
        return address(TOKEN);
    }

    // Guards

    function _requireCaller(address allowed) private view {
        if (msg.sender != allowed) revert InvoiceEscrow_CallerInvalid(msg.sender);
    }

    function _requireParty(Terms calldata terms) private view {
        if (msg.sender != terms.payer) _requireCaller(terms.payee);
    }

    function _requirePart(bytes32 id, uint96 part, uint96 free) private pure {
        if (part == 0 || part > free) revert InvoiceEscrow_PartInvalid(id, part, free);
    }

    function _requireInTime(bytes32 id, uint256 limit) private view {
        if (block.timestamp > limit) revert InvoiceEscrow_TooLate(id, limit, block.timestamp);
    }

    /// @dev Shares that add up to the disputed amount conserve it, and an amount that was raised meanwhile is noticed.
    function _requireShares(bytes32 id, uint96 toPayee, uint96 toPayer, uint96 disputed) private pure {
        uint256 shares = uint256(toPayee) + toPayer;
        if (shares != disputed) revert InvoiceEscrow_SharesMismatch(id, shares, disputed);
    }

    function _requireReceipt(uint256 balanceBefore, uint256 expected) private view {
        uint256 received = TOKEN.balanceOf(address(this)) - balanceBefore;
        if (received != expected) revert InvoiceEscrow_ReceiptMismatch(received, expected);
    }

    /// @dev Everything about terms that can be checked without knowing the past.
    function _requireValid(Terms calldata terms) private view {
        (address payer, address payee, address arbiter) = (terms.payer, terms.payee, terms.arbiter);
        bool isMissing = payer == address(0) || payee == address(0) || arbiter == address(0);
        bool isTwice = payer == payee || payer == arbiter || payee == arbiter;
        if (isMissing || isTwice) revert InvoiceEscrow_PartiesInvalid(payer, payee, arbiter);
        _requireAccount(payer);
        _requireAccount(payee);
        _requireAccount(arbiter);
        bool hasDiscount = terms.discountUntil != 0;
        bool isDiscountValid = hasDiscount == (terms.discountedAmount != 0) && terms.discountedAmount < terms.amount;
        if (!isDiscountValid) revert InvoiceEscrow_AmountInvalid(terms.amount, terms.discountedAmount);
        if (terms.defaultPayeeShareBps > BPS) revert InvoiceEscrow_ShareInvalid(terms.defaultPayeeShareBps, BPS);
        _requireAgency(terms);
        _requireDuration(terms.window);
        _requireDuration(terms.arbiterTimeout);
    }

    /// @dev The agency has no part in the escrow but its share.
    function _requireAgency(Terms calldata terms) private view {
        (address agency, uint256 shareBps) = (terms.agency, terms.agencyShareBps);
        if (shareBps > BPS) revert InvoiceEscrow_ShareInvalid(shareBps, BPS);
        bool isParty = agency == terms.payer || agency == terms.payee || agency == terms.arbiter;
        if ((agency != address(0)) != (shareBps != 0) || isParty) {
            revert InvoiceEscrow_AgencyInvalid(agency, shareBps);
        }
        _requireAccount(agency);
    }

    /// @dev What this contract or the token would receive, nobody could move again.
    function _requireAccount(address account) private view {
        if (account == address(this) || account == address(TOKEN)) revert InvoiceEscrow_AccountInvalid(account);
    }

    /// @dev Reading a field refuses bits that its type does not have. Every field is read when terms are funded, these
    /// two only by this call: else money could be locked under terms that no later call can read.
    function _requireClean(bool, address) private pure {}

    function _requireDuration(uint256 duration) private pure {
        if (duration < SHORTEST_DURATION || duration > LONGEST_DURATION) {
            revert InvoiceEscrow_DurationInvalid(duration, SHORTEST_DURATION, LONGEST_DURATION);
        }
    }

    /// @dev A key's own signature is tried first: most signers have no code, and looking for it costs 2,600.
    function _isSigned(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        (address recovered, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
    }

    // Funding

    /// @dev Guards and effects of every funding. Who pays is checked by the caller of this, or by the payer's authorisation.
    function _accept(
        Terms calldata terms,
        bytes calldata payeeSignature
    ) private returns (bytes32 id, uint96 amount) {
        id = termsId(terms);
        Escrow memory escrow = _requireUnused(id);
        _requireValid(terms);
        _requireClean(terms.deemedDelivered, terms.attestor);
        uint256 lastSecond = terms.offerExpires < terms.deliverBy ? terms.offerExpires : terms.deliverBy;
        if (block.timestamp > lastSecond) revert InvoiceEscrow_OfferExpired(lastSecond, block.timestamp);
        uint256 delivery = terms.deliverBy - block.timestamp;
        if (delivery > LONGEST_DURATION) revert InvoiceEscrow_DurationInvalid(delivery, 0, LONGEST_DURATION);
        if (!_isSigned(terms.payee, id, payeeSignature)) {
            revert InvoiceEscrow_SignatureInvalid(id, terms.payee);
        }

        bool discounted = block.timestamp <= terms.discountUntil;
        amount = discounted ? terms.discountedAmount : terms.amount;
        escrow.remaining = amount;
        escrow.status = Status.Funded;
        escrow.discounted = discounted;
        _store(id, escrow);
        _emitFunded(id, amount, terms);
    }

    /// @dev As `emit Funded(id, terms.payer, terms.payee, amount, terms)`, which costs 2,000 more; a test compares the
    /// two. The terms are checked by then: every field holds what its type can hold.
    function _emitFunded(bytes32 id, uint96 amount, Terms calldata terms) private {
        bytes32 topic = Funded.selector;
        (address payer, address payee) = (terms.payer, terms.payee);
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, amount)
            calldatacopy(add(scratch, 32), terms, 512)
            log4(scratch, 544, topic, id, payer, payee)
        }
    }

    function _pull(uint256 amount) private {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        _requireReceipt(before, amount);
    }

    function _record(DirectPayment calldata payment) private {
        if (payment.payee == address(0) || payment.payee == msg.sender) {
            revert InvoiceEscrow_PartiesInvalid(msg.sender, payment.payee, address(0));
        }
        _requireAccount(payment.payee);
        if (payment.amount == 0) revert InvoiceEscrow_AmountInvalid(0, 0);
        emit PaidDirectly(payment.settlementKey, msg.sender, payment.payee, payment.amount);
    }

    // Storage

    /// @dev One read and one write for a call: the compiler's own packing reads and writes the slot for each field
    /// anew. Fills the given struct, since a returned one is made twice.
    function _read(bytes32 id, Escrow memory escrow) private view {
        uint256 packed = _escrows[id];
        escrow.remaining = uint96(packed);
        escrow.released = uint96(packed >> 96);
        escrow.windowEnds = uint40(packed >> 192);
        escrow.status = Status(uint8(packed >> 232));
        escrow.discounted = (packed >> 240) & 1 == 1;
        escrow.wholeDisputed = (packed >> 241) & 1 == 1;
    }

    function _store(bytes32 id, Escrow memory escrow) private {
        uint256 packed = uint256(escrow.remaining) |
            (uint256(escrow.released) << 96) |
            (uint256(escrow.windowEnds) << 192) |
            (uint256(escrow.status) << 232);
        if (escrow.discounted) packed |= 1 << 240;
        if (escrow.wholeDisputed) packed |= 1 << 241;
        _escrows[id] = packed;
    }

    // Running

    /// @dev The blank escrow of an id that was neither funded nor cancelled.
    function _requireUnused(bytes32 id) private view returns (Escrow memory escrow) {
        _read(id, escrow);
        if (escrow.status != Status.None) revert InvoiceEscrow_StatusInvalid(id, escrow.status);
    }

    /// @dev A running escrow; anything else is refused.
    function _load(Terms calldata terms) private view returns (bytes32 id, Escrow memory escrow) {
        id = termsId(terms);
        _read(id, escrow);
        if (escrow.remaining == 0) revert InvoiceEscrow_StatusInvalid(id, escrow.status);
    }

    /// @dev What no dispute freezes.
    function _free(bytes32 id, Escrow memory escrow) private view returns (uint96) {
        if (escrow.wholeDisputed) return 0;
        if (escrow.status != Status.Disputed) return escrow.remaining;
        return escrow.remaining - _disputes[id].amount;
    }

    /// @dev First second at which anyone may release what is free; 0 while delivery is neither marked nor deemed.
    function _windowEnds(Terms calldata terms, Escrow memory escrow) private view returns (uint256) {
        if (escrow.wholeDisputed) return 0;
        if (escrow.windowEnds != 0) return escrow.windowEnds;
        bool isDeemed = terms.deemedDelivered && block.timestamp > terms.deliverBy;
        return isDeemed ? uint256(terms.deliverBy) + terms.window : 0;
    }

    function _markDelivered(
        Terms calldata terms,
        bytes32 id,
        Escrow memory escrow,
        address markedBy,
        bytes32 evidence
    ) private {
        if (escrow.windowEnds != 0) revert InvoiceEscrow_StatusInvalid(id, escrow.status);
        _requireInTime(id, terms.deliverBy);
        uint40 windowEnds = uint40(block.timestamp) + terms.window;
        escrow.windowEnds = windowEnds;
        if (escrow.status == Status.Funded) escrow.status = Status.Delivered;
        _store(id, escrow);
        emit DeliveryMarked(id, markedBy, evidence, windowEnds);
    }

    /// @dev Moves `part` in memory; the caller stores `escrow` before it pays.
    function _release(
        Terms calldata terms,
        bytes32 id,
        Escrow memory escrow,
        uint96 part,
        Payouts memory payouts
    ) private {
        escrow.remaining -= part;
        uint96 agencyShare = _takeShare(terms, escrow, part, payouts);
        if (escrow.remaining == 0) escrow.status = Status.Released;
        emit Released(id, part, agencyShare, escrow.remaining);
    }

    /// @dev Moves `part` in memory; the caller stores `escrow` before it pays.
    function _refund(bytes32 id, Escrow memory escrow, uint96 part, Payouts memory payouts) private {
        escrow.remaining -= part;
        if (escrow.remaining == 0) escrow.status = Status.Refunded;
        payouts.toPayer += part;
        emit Refunded(id, part, escrow.remaining);
    }

    /// @dev Adds `part` to what the payee's side received. The agency's share is the floor on the cumulative sum, so
    /// that parts of any size give what one release would.
    function _takeShare(
        Terms calldata terms,
        Escrow memory escrow,
        uint96 part,
        Payouts memory payouts
    ) private pure returns (uint96 agencyShare) {
        uint256 shareBps = terms.agencyShareBps;
        uint256 released = escrow.released;
        escrow.released += part;
        if (shareBps != 0) {
            agencyShare = uint96(((released + part) * shareBps) / BPS - (released * shareBps) / BPS);
        }
        payouts.toPayee += part - agencyShare;
        payouts.toAgency += agencyShare;
    }

    /// @dev Releases what is free, when the caller may; otherwise changes nothing.
    function _releaseIfReady(Terms calldata terms) private returns (Payouts memory payouts) {
        bytes32 id = termsId(terms);
        Escrow memory escrow;
        _read(id, escrow);
        if (escrow.remaining == 0) return payouts;
        uint96 free = _free(id, escrow);
        uint256 windowEnds = _windowEnds(terms, escrow);
        bool isReady = msg.sender == terms.payer || (windowEnds != 0 && block.timestamp >= windowEnds);
        if (free == 0 || !isReady) return payouts;
        _release(terms, id, escrow, free, payouts);
        _store(id, escrow);
    }

    // Dispute

    /// @dev The open dispute, wherever its parts are kept.
    function _requireDispute(bytes32 id, Escrow memory escrow) private view returns (Dispute memory open) {
        if (escrow.status != Status.Disputed) revert InvoiceEscrow_StatusInvalid(id, escrow.status);
        open = _disputes[id];
        if (escrow.wholeDisputed) {
            open.amount = escrow.remaining;
            open.rulesUntil = escrow.windowEnds;
        }
    }

    /// @dev Ends a dispute by the word of the caller, who was checked.
    function _endDispute(
        Terms calldata terms,
        bytes32 id,
        Escrow memory escrow,
        uint96 toPayee,
        uint96 toPayer
    ) private {
        Payouts memory payouts;
        _divide(terms, id, escrow, toPayee, toPayer, msg.sender, payouts);
        _store(id, escrow);
        _disburse(terms, payouts);
    }

    /// @dev Splits the disputed amount as the terms say when the arbiter's time is over. The payer gets what the payee
    /// does not.
    function _splitIfSilent(
        Terms calldata terms,
        bytes32 id,
        Escrow memory escrow,
        Payouts memory payouts
    ) private returns (bool isDue) {
        if (escrow.status != Status.Disputed) return false;
        Dispute memory open = _requireDispute(id, escrow);
        if (block.timestamp <= open.rulesUntil) return false;
        uint96 toPayee = uint96((uint256(open.amount) * terms.defaultPayeeShareBps) / BPS);
        _divide(terms, id, escrow, toPayee, open.amount - toPayee, address(0), payouts);
        return true;
    }

    /// @dev Takes the disputed amount out of the escrow in memory; the caller stores it before it pays.
    function _divide(
        Terms calldata terms,
        bytes32 id,
        Escrow memory escrow,
        uint96 toPayee,
        uint96 toPayer,
        address endedBy,
        Payouts memory payouts
    ) private {
        escrow.remaining -= toPayee + toPayer;
        uint96 agencyShare = _takeShare(terms, escrow, toPayee, payouts);
        payouts.toPayer += toPayer;
        if (escrow.remaining == 0) escrow.status = Status.Ruled;
        else escrow.status = escrow.windowEnds == 0 ? Status.Funded : Status.Delivered;
        // A dispute of the whole ends the escrow: what is in its second slot is never read again.
        if (!escrow.wholeDisputed) delete _disputes[id];
        emit DisputeEnded(id, endedBy, toPayee, toPayer, agencyShare, escrow.remaining);
    }

    // Payouts

    function _disburse(Terms calldata terms, Payouts memory payouts) private {
        _payOut(terms.payee, payouts.toPayee);
        _payOut(terms.agency, payouts.toAgency);
        _payOut(terms.payer, payouts.toPayer);
    }

    /// @dev Pays, or credits what the token refuses to move, so that no recipient can block another.
    function _payOut(address recipient, uint256 amount) private {
        if (amount == 0 || TOKEN.tryTransfer(recipient, amount)) return;
        _credits[recipient] += amount;
        emit PayoutCredited(recipient, amount);
    }
}
