// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IInstallmentPlan
/// @notice A schedule that payer and payee agree on once; each instalment is then pulled from the payer's allowance
/// straight to the payee when it is due, by anyone. The contract never holds money.
///
/// The EIP-712 digest of {Terms} is what is signed and the plan's `id`. Instalments are paid in order, each once:
/// pulled when due, early by the payer, or marked as settled by the payee when it came on another rail.
///
///     (offered) ── agree ──> Active ── default after grace ──> Defaulted ── overdue paid ──> Active
///     Active, Defaulted ── last instalment ──> Done;  ── by payer or payee, for the future ──> Cancelled
///     (offered) ── cancelled by either ──> Cancelled
///
/// An instalment is *due* at `start + index * period`, *missed* once its grace is over and it is still unpaid.
/// Default is a state that somebody calls for: it needs a missed instalment that in the same call cannot be pulled
/// for lack of the payer's money or allowance, while the token works.
///
/// The payer's allowance is a promise that the payer can withdraw, by ending the plan or the allowance; but whoever
/// pulls first wins: an instalment that is due when the payer ends the plan may still be pulled by a transaction that
/// is mined before.
interface IInstallmentPlan {
    /// @notice Where a plan stands.
    enum Status {
        None,
        Active,
        Defaulted,
        Done,
        Cancelled
    }

    /// @notice What both sides agree on.
    /// @param payer Account that pays.
    /// @param payee Account that is paid.
    /// @param each Every instalment but the last, in base units.
    /// @param last The last instalment; takes the rounding.
    /// @param start When the first instalment is due.
    /// @param period Seconds between two due times.
    /// @param count Number of instalments.
    /// @param grace Seconds after a due time until an unpaid instalment is missed.
    /// @param offerExpires Last second at which the plan can be agreed.
    /// @param settlementKey Salted key of the plan, in the domain of settlements.
    struct Terms {
        address payer;
        address payee;
        uint96 each;
        uint96 last;
        uint40 start;
        uint32 period;
        uint16 count;
        uint32 grace;
        uint40 offerExpires;
        bytes32 settlementKey;
    }

    /// @notice One plan of a batch of pulls, and how many of its due instalments to pull.
    struct Pull {
        Terms terms;
        uint16 instalments;
    }

    /// @notice What the contract knows of a plan, as of now. Only a plan that runs, active or in default, has
    /// anything due: of an offer that was taken back, or a plan that was ended, the contract claims nothing.
    /// @param paid Instalments paid, on whatever rail.
    /// @param due Instalments whose time has come, paid ones included.
    /// @param missed Unpaid instalments whose grace is over.
    /// @param overdueAmount What is due and unpaid, in base units.
    struct Standing {
        Status status;
        uint16 paid;
        uint16 due;
        uint16 missed;
        uint256 overdueAmount;
    }

    /// @notice A plan was agreed. Carries all terms, so that anyone can act on it from the log alone.
    event PlanAgreed(bytes32 indexed id, address indexed payer, address indexed payee, Terms terms);
    /// @notice An offer was taken back before it was agreed.
    event PlanOfferCancelled(bytes32 indexed id, address indexed cancelledBy);
    /// @notice Instalments were paid in the token: `paid` of them now, `amount` in all.
    event InstalmentsPaid(bytes32 indexed id, uint16 instalments, uint16 paid, uint256 amount);
    /// @notice The payee says that instalments were paid on another rail.
    event InstalmentsSettledElsewhere(bytes32 indexed id, uint16 instalments, uint16 paid, uint256 amount);
    /// @notice A missed instalment could not be pulled for lack of money or allowance.
    event PlanDefaulted(bytes32 indexed id, uint16 paid, uint16 missed);
    /// @notice Nothing is missed any more.
    event PlanCured(bytes32 indexed id, uint16 paid);
    /// @notice All instalments are paid.
    event PlanDone(bytes32 indexed id);
    /// @notice The plan was ended for the future, with this many instalments unpaid, of which `overdue` were due.
    event PlanCancelled(bytes32 indexed id, address indexed cancelledBy, uint16 unpaid, uint16 overdue);

    /// @notice The token address has no code.
    error InstallmentPlan_TokenWithoutCode(address token);
    /// @notice A party is zero or this contract, or both are one.
    error InstallmentPlan_PartiesInvalid(address payer, address payee);
    /// @notice No instalments, or one of nothing.
    error InstallmentPlan_AmountsInvalid(uint16 count, uint96 each, uint96 last);
    /// @notice `period` or `grace` is outside its bounds.
    error InstallmentPlan_DurationInvalid(uint256 duration, uint256 shortest, uint256 longest);
    /// @notice The offer is no longer open.
    error InstallmentPlan_OfferExpired(uint256 expires, uint256 now_);
    /// @notice The signature is not that of the account.
    error InstallmentPlan_SignatureInvalid(bytes32 id, address signer);
    /// @notice The caller may not do this under these terms.
    error InstallmentPlan_CallerInvalid(address caller);
    /// @notice The plan's status does not allow this.
    error InstallmentPlan_StatusInvalid(bytes32 id, Status status);
    /// @notice Other instalments were paid meanwhile: the call was meant for the ones after `expected`.
    error InstallmentPlan_PaidMismatch(bytes32 id, uint16 paid, uint16 expected);
    /// @notice Zero instalments, or more than are left to pay, or to pull now.
    error InstallmentPlan_InstalmentsInvalid(bytes32 id, uint256 instalments, uint256 limit);
    /// @notice No instalment is missed.
    error InstallmentPlan_NothingMissed(bytes32 id);
    /// @notice The token failed to move the instalment although the payer has money and allowance for it, or failed
    /// to move nothing: its trouble is no default.
    error InstallmentPlan_TokenFailing(bytes32 id, uint256 amount);

    /// @notice Agrees to a plan that the payee signed.
    /// @dev Emits {PlanAgreed}.
    ///
    /// Requirements:
    /// - the caller is `terms.payer`; the payee signed the terms (ECDSA, or ERC-1271 for a contract)
    /// - the offer is open: not expired, not cancelled, never agreed
    /// - the terms are valid, and the first instalment's grace is not over yet
    /// @param terms What both agree on.
    /// @param payeeSignature Over {termsId}.
    function agree(Terms calldata terms, bytes calldata payeeSignature) external;

    /// @notice As {agree}, by anyone, with both signatures.
    function agreeSigned(Terms calldata terms, bytes calldata payerSignature, bytes calldata payeeSignature) external;

    /// @notice Takes an offer back for good.
    /// @dev Emits {PlanOfferCancelled}. Requirements: the caller is payer or payee; the plan was neither agreed nor
    /// cancelled.
    function cancelOffer(Terms calldata terms) external;

    /// @notice Pulls due instalments, oldest first, in one transfer. Anyone may call.
    /// @dev Emits {InstalmentsPaid}, and {PlanCured} or {PlanDone} where that follows.
    /// Requirements: the plan is active or defaulted; `instalments` is above zero and at most those due and unpaid.
    function pull(Terms calldata terms, uint16 instalments) external;

    /// @notice As {pull} for many plans. One that cannot be pulled is left as it was and the rest go on.
    /// @return pulled For each plan, whether it was.
    function pullMany(Pull[] calldata pulls) external returns (bool[] memory pulled);

    /// @notice Pays the next instalments, due or not.
    /// @dev Emits as {pull}. Requirements: the caller is the payer; the plan is active or defaulted; `paidBefore`
    /// instalments are paid, so that a call sent twice, or overtaken by a pull, pays nothing more; at most the
    /// instalments that are left.
    function payEarly(Terms calldata terms, uint16 paidBefore, uint16 instalments) external;

    /// @notice Says that the next instalments were paid on another rail, so that nobody pulls them.
    /// @dev Emits {InstalmentsSettledElsewhere}, and {PlanCured} or {PlanDone} where that follows.
    /// Requirements: the caller is the payee; the plan is active or defaulted; `paidBefore` instalments are paid, so
    /// that a call that was overtaken by a pull does not forgive the instalment after it; at most the instalments
    /// that are left.
    function markSettled(Terms calldata terms, uint16 paidBefore, uint16 instalments) external;

    /// @notice Tries to pull the oldest missed instalment, and where money or allowance lack, says that the plan is
    /// in default.
    /// @dev Emits as {pull}, or {PlanDefaulted}.
    ///
    /// Requirements:
    /// - the plan is active, an instalment is missed
    /// - the token works: it moves the instalment, or, where the payer has or allows too little for that, it moves an
    ///   amount of nothing from payer to payee. A token that is paused or blocks a party does not, and may have kept
    ///   the payer from bringing what lacks
    /// @return defaulted False when the instalment was pulled after all.
    function markDefault(Terms calldata terms) external returns (bool defaulted);

    /// @notice Ends the plan for the future. What is owed then is a matter of the books.
    /// @dev Emits {PlanCancelled}. Requirements: the caller is payer or payee; the plan is active or defaulted.
    function cancel(Terms calldata terms) external;

    /// @notice The EIP-712 digest of the terms: the plan's id, and what is signed.
    function termsId(Terms calldata terms) external view returns (bytes32 id);

    /// @notice Where a plan stands now.
    function standingOf(Terms calldata terms) external view returns (Standing memory standing);

    /// @notice The one token of this contract.
    function token() external view returns (address);
}
