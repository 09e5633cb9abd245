// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IInstallmentPlan} from "./interfaces/IInstallmentPlan.sol";
import {GuardedToken} from "./libraries/GuardedToken.sol";

/// @title InstallmentPlan
/// @notice See {IInstallmentPlan}. One instance serves one vetted token. No owner, no pause, no upgrade.
contract InstallmentPlan is IInstallmentPlan, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using GuardedToken for IERC20;

    bytes32 private constant TERMS_TYPEHASH =
        keccak256(
            "Terms(address payer,address payee,uint96 each,uint96 last,uint40 start,uint32 period,uint16 count,"
            "uint32 grace,uint40 offerExpires,bytes32 settlementKey)"
        );
    uint256 private constant SHORTEST_DURATION = 1 days;
    uint256 private constant LONGEST_DURATION = 366 days;

    IERC20 private immutable TOKEN;

    /// @dev Of each plan, how many instalments are paid, and in the lowest byte its status. Packed by {_store}: the compiler
    /// writes the fields of a struct one by one.
    mapping(bytes32 id => uint256 packed) private _plans;

    /// @param token_ The vetted token that this instance serves for good.
    constructor(address token_) EIP712("Quittance InstallmentPlan", "1") {
        if (token_.code.length == 0) revert InstallmentPlan_TokenWithoutCode(token_);
        TOKEN = IERC20(token_);
    }

    // Agreement. No lock: nothing is called but wallets, which cannot change state, and no running plan is touched.

    /// @inheritdoc IInstallmentPlan
    function agree(Terms calldata terms, bytes calldata payeeSignature) external override {
        if (msg.sender != terms.payer) revert InstallmentPlan_CallerInvalid(msg.sender);
        bytes32 id = _requireOpen(terms);
        _requireSigned(id, terms.payee, payeeSignature);
        _activate(terms, id);
    }

    /// @inheritdoc IInstallmentPlan
    function agreeSigned(
        Terms calldata terms,
        bytes calldata payerSignature,
        bytes calldata payeeSignature
    ) external override {
        bytes32 id = _requireOpen(terms);
        _requireSigned(id, terms.payer, payerSignature);
        _requireSigned(id, terms.payee, payeeSignature);
        _activate(terms, id);
    }

    /// @inheritdoc IInstallmentPlan
    function cancelOffer(Terms calldata terms) external override {
        _requireParty(terms);
        bytes32 id = termsId(terms);
        (, Status status) = _read(id);
        if (status != Status.None) revert InstallmentPlan_StatusInvalid(id, status);
        _store(id, 0, Status.Cancelled);
        emit PlanOfferCancelled(id, msg.sender);
    }

    // Instalments

    /// @inheritdoc IInstallmentPlan
    function pull(Terms calldata terms, uint16 instalments) external override nonReentrant {
        (bytes32 id, uint16 paid, Status status) = _load(terms);
        _requireInstalments(id, instalments, _due(terms, paid));
        uint256 amount = _advance(terms, id, paid, status, instalments);
        TOKEN.safeTransferFrom(terms.payer, terms.payee, amount);
    }

    /// @inheritdoc IInstallmentPlan
    function pullMany(Pull[] calldata pulls) external override nonReentrant returns (bool[] memory pulled) {
        pulled = new bool[](pulls.length);
        for (uint256 i = 0; i < pulls.length; ++i) {
            pulled[i] = _tryPull(pulls[i].terms, pulls[i].instalments);
        }
    }

    /// @inheritdoc IInstallmentPlan
    function payEarly(Terms calldata terms, uint16 paidBefore, uint16 instalments) external override nonReentrant {
        if (msg.sender != terms.payer) revert InstallmentPlan_CallerInvalid(msg.sender);
        (bytes32 id, uint16 paid, Status status) = _load(terms);
        _requirePaid(id, paid, paidBefore);
        _requireInstalments(id, instalments, terms.count - paid);
        uint256 amount = _advance(terms, id, paid, status, instalments);
        TOKEN.safeTransferFrom(terms.payer, terms.payee, amount);
    }

    /// @inheritdoc IInstallmentPlan
    function markSettled(Terms calldata terms, uint16 paidBefore, uint16 instalments) external override nonReentrant {
        if (msg.sender != terms.payee) revert InstallmentPlan_CallerInvalid(msg.sender);
        (bytes32 id, uint16 paid, Status status) = _load(terms);
        _requirePaid(id, paid, paidBefore);
        _requireInstalments(id, instalments, terms.count - paid);
        emit InstalmentsSettledElsewhere(id, instalments, paid + instalments, _sum(terms, paid, instalments));
        _book(terms, id, paid + instalments, status);
    }

    /// @inheritdoc IInstallmentPlan
    function markDefault(Terms calldata terms) external override nonReentrant returns (bool defaulted) {
        (bytes32 id, uint16 paid, Status status) = _load(terms);
        if (status != Status.Active) revert InstallmentPlan_StatusInvalid(id, status);
        uint256 missed = _missed(terms, paid);
        if (missed == 0) revert InstallmentPlan_NothingMissed(id);

        // What the payer has or allows too little of cannot be pulled. Then moving nothing tells if the token works.
        uint256 amount = _sum(terms, paid, 1);
        bool isAble = TOKEN.balanceOf(terms.payer) >= amount &&
            TOKEN.allowance(terms.payer, address(this)) >= amount;
        if (!TOKEN.tryTransferFrom(terms.payer, terms.payee, isAble ? amount : 0)) {
            revert InstallmentPlan_TokenFailing(id, amount);
        }
        if (isAble) {
            _advance(terms, id, paid, status, 1);
            return false;
        }
        _store(id, paid, Status.Defaulted);
        emit PlanDefaulted(id, paid, uint16(missed));
        return true;
    }

    /// @inheritdoc IInstallmentPlan
    function cancel(Terms calldata terms) external override nonReentrant {
        _requireParty(terms);
        (bytes32 id, uint16 paid, ) = _load(terms);
        _store(id, paid, Status.Cancelled);
        emit PlanCancelled(id, msg.sender, terms.count - paid, uint16(_due(terms, paid)));
    }

    // Views

    /// @inheritdoc IInstallmentPlan
    function termsId(Terms calldata terms) public view override returns (bytes32 id) {
        // In plain Solidity `keccak256(abi.encode(TERMS_TYPEHASH, terms))`, which costs about 1,000 more at every
        // call. Unlike it, this takes fields with dirty upper bits: an id that no plan can have, because {_activate}
        // encodes the terms in its event.
        bytes32 typeHash = TERMS_TYPEHASH;
        bytes32 structHash;
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, typeHash)
            calldatacopy(add(scratch, 32), terms, 320)
            structHash := keccak256(scratch, 352)
        }
        return _hashTypedDataV4(structHash);
    }

    /// @inheritdoc IInstallmentPlan
    function standingOf(Terms calldata terms) external view override returns (Standing memory standing) {
        (uint16 paid, Status status) = _read(termsId(terms));
        (standing.status, standing.paid) = (status, paid);
        if (!_isRunning(status)) return standing;
        standing.due = uint16(_reached(terms, 0));
        standing.missed = uint16(_missed(terms, paid));
        standing.overdueAmount = _sum(terms, paid, _due(terms, paid));
    }

    /// @inheritdoc IInstallmentPlan
    function token() external view override returns (address) {
        return address(TOKEN);
    }

    // Guards

    function _requireParty(Terms calldata terms) private view {
        if (msg.sender != terms.payer && msg.sender != terms.payee) revert InstallmentPlan_CallerInvalid(msg.sender);
    }

    /// @dev A key's signature is tried before a contract's answer: it costs less, and whoever is both may use either.
    function _requireSigned(bytes32 id, address signer, bytes calldata signature) private view {
        (address recovered, ECDSA.RecoverError fault, ) = ECDSA.tryRecoverCalldata(id, signature);
        if (fault == ECDSA.RecoverError.NoError && recovered == signer) return;
        if (!SignatureChecker.isValidERC1271SignatureNowCalldata(signer, id, signature)) {
            revert InstallmentPlan_SignatureInvalid(id, signer);
        }
    }

    function _requirePaid(bytes32 id, uint16 paid, uint16 expected) private pure {
        if (paid != expected) revert InstallmentPlan_PaidMismatch(id, paid, expected);
    }

    function _requireInstalments(bytes32 id, uint256 instalments, uint256 limit) private pure {
        if (instalments == 0 || instalments > limit) {
            revert InstallmentPlan_InstalmentsInvalid(id, instalments, limit);
        }
    }

    function _requireDuration(uint256 duration) private pure {
        if (duration < SHORTEST_DURATION || duration > LONGEST_DURATION) {
            revert InstallmentPlan_DurationInvalid(duration, SHORTEST_DURATION, LONGEST_DURATION);
        }
    }

    function _requireValid(Terms calldata terms) private view {
        (address payer, address payee) = (terms.payer, terms.payee);
        bool isMissing = payer == address(0) || payee == address(0);
        if (isMissing || payer == payee || payer == address(this) || payee == address(this)) {
            revert InstallmentPlan_PartiesInvalid(payer, payee);
        }
        if (terms.count == 0 || terms.last == 0 || (terms.count > 1 && terms.each == 0)) {
            revert InstallmentPlan_AmountsInvalid(terms.count, terms.each, terms.last);
        }
        _requireDuration(terms.period);
        _requireDuration(terms.grace);
    }

    /// @dev An offer that both can still agree to.
    function _requireOpen(Terms calldata terms) private view returns (bytes32 id) {
        id = termsId(terms);
        (, Status status) = _read(id);
        if (status != Status.None) revert InstallmentPlan_StatusInvalid(id, status);
        _requireValid(terms);
        uint256 graceEnds = uint256(terms.start) + terms.grace;
        uint256 expires = terms.offerExpires < graceEnds ? terms.offerExpires : graceEnds;
        if (block.timestamp > expires) revert InstallmentPlan_OfferExpired(expires, block.timestamp);
    }

    /// @dev A plan that runs; anything else is refused.
    function _load(Terms calldata terms) private view returns (bytes32 id, uint16 paid, Status status) {
        id = termsId(terms);
        (paid, status) = _read(id);
        if (!_isRunning(status)) revert InstallmentPlan_StatusInvalid(id, status);
    }

    // Internals

    function _isRunning(Status status) private pure returns (bool) {
        return status == Status.Active || status == Status.Defaulted;
    }

    function _read(bytes32 id) private view returns (uint16 paid, Status status) {
        uint256 packed = _plans[id];
        return (uint16(packed >> 8), Status(uint8(packed)));
    }

    function _store(bytes32 id, uint256 paid, Status status) private {
        _plans[id] = (paid << 8) | uint8(status);
    }

    function _activate(Terms calldata terms, bytes32 id) private {
        _store(id, 0, Status.Active);
        emit PlanAgreed(id, terms.payer, terms.payee, terms);
    }

    /// @dev How many instalments have a due time at least `delay` seconds ago.
    function _reached(Terms calldata terms, uint256 delay) private view returns (uint256) {
        uint256 count = terms.count;
        // Cannot overflow: 40 bits and at most 33; cannot underflow: the difference is taken after the comparison.
        unchecked {
            uint256 first = uint256(terms.start) + delay;
            if (block.timestamp < first) return 0;
            uint256 reached = (block.timestamp - first) / terms.period + 1;
            return reached < count ? reached : count;
        }
    }

    /// @dev How many unpaid instalments are due. Instalments can be paid before they are due.
    function _due(Terms calldata terms, uint256 paid) private view returns (uint256) {
        uint256 reached = _reached(terms, 0);
        return reached > paid ? reached - paid : 0;
    }

    /// @dev How many unpaid instalments are past their grace: a second later than its last.
    function _missed(Terms calldata terms, uint256 paid) private view returns (uint256) {
        uint256 reached = _reached(terms, uint256(terms.grace) + 1);
        return reached > paid ? reached - paid : 0;
    }

    /// @dev What `instalments` from index `paid` on come to, for a plan that runs: with zero of them it is not at the last.
    function _sum(Terms calldata terms, uint256 paid, uint256 instalments) private pure returns (uint256) {
        // Cannot overflow: both counts have 16 bits and each amount 96; cannot underflow: the last is one of `instalments`.
        unchecked {
            bool isLast = paid + instalments == terms.count;
            return isLast ? (instalments - 1) * terms.each + terms.last : instalments * terms.each;
        }
    }

    /// @dev Books `instalments` as paid in the token. The caller moves the money.
    function _advance(
        Terms calldata terms,
        bytes32 id,
        uint16 paid,
        Status status,
        uint16 instalments
    ) private returns (uint256 amount) {
        amount = _sum(terms, paid, instalments);
        paid += instalments;
        emit InstalmentsPaid(id, instalments, paid, amount);
        _book(terms, id, paid, status);
    }

    /// @dev Writes down that `paid` instalments are paid, and what follows from it for a plan of this status.
    function _book(Terms calldata terms, bytes32 id, uint16 paid, Status status) private {
        if (status == Status.Defaulted && _missed(terms, paid) == 0) {
            status = Status.Active;
            emit PlanCured(id, paid);
        }
        if (paid == terms.count) {
            status = Status.Done;
            emit PlanDone(id);
        }
        _store(id, paid, status);
    }

    /// @dev Pulls if it can; otherwise changes nothing. The lock lets it book the payment after the token moved it.
    function _tryPull(Terms calldata terms, uint16 instalments) private returns (bool) {
        bytes32 id = termsId(terms);
        (uint16 paid, Status status) = _read(id);
        if (!_isRunning(status) || instalments == 0 || instalments > _due(terms, paid)) return false;
        uint256 amount = _sum(terms, paid, instalments);
        if (!TOKEN.tryTransferFrom(terms.payer, terms.payee, amount)) return false;
        _advance(terms, id, paid, status, instalments);
        return true;
    }
}
