// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IInvoiceEscrow
/// @notice Holds a buyer's stablecoin for one invoice until agreed terms say whose it is, and pays out by itself.
///
/// The supplier (payee) signs {Terms} as EIP-712 typed data; the buyer (payer) accepts them by funding. The digest of the
/// terms is at once what is signed, the `id` of the escrow and the nonce of an EIP-3009 authorisation, so an id belongs
/// to one set of terms, on one chain, in one contract, and can be funded once. The terms themselves are not stored: each
/// call brings them, and {Funded} publishes them, so anybody can make the calls that need no particular caller.
///
///     (offered) ── fund ──> Funded ── delivery marked, or deemed at `deliverBy` ──> Delivered
///     Funded, Delivered ── dispute of an amount ──> Disputed ── ruling, settlement, concession, time ──> as before
///     nothing remains ──> Released (last moved by a release), Refunded (by a refund) or Ruled (by the end of a dispute)
///     (offered) ── cancelled by the payee ──> Cancelled
///
/// Every state has a way out by time alone, which anyone may take with {settle}: undelivered money goes back to the payer
/// after `deliverBy`; delivered money goes to the payee after the window; a dispute that nobody ruled is split as the
/// terms say after `arbiterTimeout`. A dispute freezes its stated amount only: the rest lives on as if there were none.
///
/// A payout that the token refuses becomes a credit of its recipient, who withdraws it to any address; it never blocks
/// the other side's payout. There is no owner, no pause and no upgrade: nobody has any power over a running escrow
/// beyond what its terms give. Fee-on-transfer tokens are refused at funding. Amounts are base units of {token}, times
/// are Unix seconds, shares are basis points (1/10,000).
interface IInvoiceEscrow {
    /// @notice Where an escrow stands. `None`, `Cancelled` and the last three hold nothing.
    enum Status {
        None,
        Funded,
        Delivered,
        Disputed,
        Released,
        Refunded,
        Ruled,
        Cancelled
    }

    /// @notice What payer and payee agree on. Fields from `attestor` on are optional: zero means "not agreed".
    /// @param payer Account whose tokens fund the escrow.
    /// @param payee Account that is paid.
    /// @param arbiter Account that rules disputes; neither payer nor payee. No one can replace it.
    /// @param amount What the invoice asks for. At most 2^96 - 1.
    /// @param offerExpires Last second at which the terms can be funded.
    /// @param deliverBy Last second at which delivery can be marked. After it undelivered money goes back, unless
    /// delivery is deemed.
    /// @param window Seconds after delivery in which either side may dispute; then anyone may release.
    /// @param arbiterTimeout Seconds that the arbiter has from the last raise of a dispute.
    /// @param defaultPayeeShareBps The payee's share of the disputed amount when the arbiter stays silent.
    /// @param deemedDelivered Whether delivery is taken for granted at `deliverBy`, the window starting then.
    /// @param settlementKey Salted key of the invoice, in the domain of settlements. No name, no number.
    /// @param attestor Account whose signature marks delivery instead of the payee's word.
    /// @param discountUntil Last second at which funding costs `discountedAmount` instead of `amount`.
    /// @param discountedAmount What early funding costs; below `amount`.
    /// @param agency Account that receives a share of everything that reaches the payee.
    /// @param agencyShareBps The agency's share, counted on the cumulative sum, so that small parts do not avoid it.
    struct Terms {
        address payer;
        address payee;
        address arbiter;
        uint96 amount;
        uint40 offerExpires;
        uint40 deliverBy;
        uint32 window;
        uint32 arbiterTimeout;
        uint16 defaultPayeeShareBps;
        bool deemedDelivered;
        bytes32 settlementKey;
        address attestor;
        uint40 discountUntil;
        uint96 discountedAmount;
        address agency;
        uint16 agencyShareBps;
    }

    /// @notice Terms together with the payee's signature over them.
    struct Offer {
        Terms terms;
        bytes payeeSignature;
    }

    /// @notice An EIP-2612 permit: the allowance that it sets, in base units, its last second, and its signature.
    struct Permit {
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice An EIP-3009 authorisation: the time between which it holds, both excluded, and its signature.
    struct Authorization {
        uint256 validAfter;
        uint256 validBefore;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// @notice A direct payment: no hold, no way back.
    struct DirectPayment {
        address payee;
        uint96 amount;
        bytes32 settlementKey;
    }

    /// @notice What the contract knows of an escrow.
    /// @param remaining Held for it, the disputed amount included.
    /// @param released Went to the payee's side so far, the agency's share included.
    /// @param windowEnds First second at which anyone may release; 0 while delivery is neither marked nor deemed, and while
    /// all is disputed.
    /// @param discounted Whether it was funded with the discounted amount.
    /// @param disputed Part of `remaining` that a dispute freezes.
    /// @param rulesUntil Last second at which the arbiter may rule; 0 without a dispute.
    /// @param offeredBy Who made the standing settlement offer; 0 without one.
    /// @param offeredToPayee What that offer gives the payee out of `disputed`.
    struct EscrowState {
        Status status;
        uint96 remaining;
        uint96 released;
        uint40 windowEnds;
        bool discounted;
        uint96 disputed;
        uint40 rulesUntil;
        address offeredBy;
        uint96 offeredToPayee;
    }

    /// @notice An escrow was funded. Carries all terms, so that anyone can act on it from the log alone.
    event Funded(bytes32 indexed id, address indexed payer, address indexed payee, uint96 funded, Terms terms);

    /// @notice The payee took its offer back before it was funded.
    event OfferCancelled(bytes32 indexed id, address indexed payee);

    /// @notice Delivery was marked.
    /// @param markedBy Payer, payee or attestor, whoever's word it is.
    /// @param evidence What the attestor signed besides the id (a salted commitment); zero otherwise.
    event DeliveryMarked(bytes32 indexed id, address indexed markedBy, bytes32 evidence, uint40 windowEnds);

    /// @notice A part went to the payee's side: `part - agencyShare` to the payee, `agencyShare` to the agency.
    event Released(bytes32 indexed id, uint96 part, uint96 agencyShare, uint96 remaining);

    /// @notice A part went back to the payer.
    event Refunded(bytes32 indexed id, uint96 part, uint96 remaining);

    /// @notice An amount was frozen by a dispute, or added to an open one.
    event DisputeRaised(bytes32 indexed id, address indexed raisedBy, uint96 added, uint96 disputed, uint40 rulesUntil);

    /// @notice A party offers to end the dispute with this much for the payee and the rest for the payer.
    event SettlementOffered(bytes32 indexed id, address indexed offeredBy, uint96 toPayee, uint96 toPayer);

    /// @notice A dispute ended. `endedBy` is the arbiter (ruling), a party (accepted offer or concession) or, after the
    /// arbiter's time-out, zero.
    event DisputeEnded(
        bytes32 indexed id,
        address indexed endedBy,
        uint96 toPayee,
        uint96 toPayer,
        uint96 agencyShare,
        uint96 remaining
    );

    /// @notice A direct payment reached the payee.
    event PaidDirectly(bytes32 indexed settlementKey, address indexed payer, address indexed payee, uint96 amount);

    /// @notice The token refused a payout; its recipient may withdraw the amount elsewhere.
    event PayoutCredited(address indexed recipient, uint256 amount);

    /// @notice A credit was withdrawn.
    event CreditWithdrawn(address indexed recipient, address indexed to, uint256 amount);

    /// @notice The token address has no code.
    error InvoiceEscrow_TokenWithoutCode(address token);
    /// @notice A party is zero, or the same account as another party.
    error InvoiceEscrow_PartiesInvalid(address payer, address payee, address arbiter);
    /// @notice The account is this contract or the token: what it receives, nobody could move again.
    error InvoiceEscrow_AccountInvalid(address account);
    /// @notice The amount is zero, or the discounted amount is not between zero and it, or one of the two discount
    /// terms is missing.
    error InvoiceEscrow_AmountInvalid(uint96 amount, uint96 discountedAmount);
    /// @notice A share is above 10,000 basis points.
    error InvoiceEscrow_ShareInvalid(uint256 shareBps, uint256 limitBps);
    /// @notice An agency without a share, a share without an agency, or an agency that is a party or the arbiter.
    error InvoiceEscrow_AgencyInvalid(address agency, uint256 shareBps);
    /// @notice `window`, `arbiterTimeout` or the time from funding to `deliverBy` is outside its bounds.
    error InvoiceEscrow_DurationInvalid(uint256 duration, uint256 shortest, uint256 longest);
    /// @notice The offer is no longer open, or `deliverBy` has passed.
    error InvoiceEscrow_OfferExpired(uint256 expires, uint256 now_);
    /// @notice The signature is not that of the account.
    error InvoiceEscrow_SignatureInvalid(bytes32 id, address signer);
    /// @notice The caller may not do this under these terms.
    error InvoiceEscrow_CallerInvalid(address caller);
    /// @notice The escrow's status does not allow this.
    error InvoiceEscrow_StatusInvalid(bytes32 id, Status status);
    /// @notice The part is zero or above what is free of dispute.
    error InvoiceEscrow_PartInvalid(bytes32 id, uint256 part, uint256 free);
    /// @notice Too late for this.
    error InvoiceEscrow_TooLate(bytes32 id, uint256 limit, uint256 now_);
    /// @notice Nothing is due by time yet.
    error InvoiceEscrow_NothingDue(bytes32 id);
    /// @notice The two shares do not add up to the disputed amount, which may have changed meanwhile.
    error InvoiceEscrow_SharesMismatch(bytes32 id, uint256 shares, uint256 disputed);
    /// @notice There is no offer of the other side with this share.
    error InvoiceEscrow_OfferMismatch(bytes32 id, uint256 toPayee, uint256 offeredToPayee);
    /// @notice The token moved another amount than asked for.
    error InvoiceEscrow_ReceiptMismatch(uint256 received, uint256 expected);
    /// @notice The list of a batch is empty.
    error InvoiceEscrow_BatchEmpty();
    /// @notice The caller has no credit.
    error InvoiceEscrow_NoCredit(address recipient);

    // Funding

    /// @notice Accepts the payee's offer and funds it from the caller's allowance.
    /// @dev Emits {Funded}.
    ///
    /// Requirements:
    /// - the caller is `terms.payer`
    /// - the payee signed the terms (ECDSA, or ERC-1271 for a contract), has not cancelled them, and they have not expired
    /// - the terms are valid: see the errors; they were never funded before
    /// - the token moves exactly the amount: `discountedAmount` until `discountUntil`, else `amount`. A payer who wants the
    ///   discounted amount or nothing allows no more than it: the time that counts is that of the block
    /// @param terms What the payee signed.
    /// @param payeeSignature Over {termsId}.
    function fund(Terms calldata terms, bytes calldata payeeSignature) external;

    /// @notice As {fund}, setting the allowance by an EIP-2612 permit in the same transaction.
    /// @dev A permit that fails is ignored when the allowance suffices: somebody may have run it before.
    /// @param permit The caller's, for this contract.
    function fundWithPermit(
        Terms calldata terms,
        bytes calldata payeeSignature,
        Permit calldata permit
    ) external;

    /// @notice As {fund}, by anyone on behalf of the payer, who signed an EIP-3009 `receiveWithAuthorization` to this
    /// contract with {termsId} as nonce and the amount to fund as value: the authorisation can pay for these terms only.
    /// @param authorization The payer's.
    function fundWithAuthorization(
        Terms calldata terms,
        bytes calldata payeeSignature,
        Authorization calldata authorization
    ) external;

    /// @notice Funds several offers at once from the caller's allowance. All of them, or none: one that was cancelled
    /// meanwhile stops the batch.
    /// @dev Emits {Funded} for each. Requirements: as {fund} for each; at least one.
    function fundMany(Offer[] calldata offers) external;

    /// @notice Takes an offer back for good.
    /// @dev Emits {OfferCancelled}. Requirements: the caller is `terms.payee`; the terms were not funded or cancelled.
    function cancelOffer(Terms calldata terms) external;

    // Direct payment

    /// @notice Pays a payee directly from the caller's allowance, leaving a reference in the log. Not protected against
    /// being paid twice: the payer's books are to ask {PaidDirectly} first.
    /// @dev Emits {PaidDirectly}, which anyone can cause for any key: books are to compare payee and amount too.
    /// Requirements: payee is neither zero, the caller, this contract nor the token; amount above zero.
    function pay(DirectPayment calldata payment) external;

    /// @notice Several direct payments at once, one transfer per run of equal payees. All of them, or none.
    /// @dev Emits {PaidDirectly} for each. Requirements: as {pay} for each; at least one.
    function payMany(DirectPayment[] calldata payments) external;

    // Running

    /// @notice Says that the goods or services were delivered; the dispute window starts.
    /// @dev Emits {DeliveryMarked}.
    ///
    /// Requirements:
    /// - the caller is the payer, or the payee where no attestor is agreed
    /// - delivery was neither marked nor deemed before; not all of the money is disputed; `deliverBy` has not passed
    function markDelivered(Terms calldata terms) external;

    /// @notice As {markDelivered}, by anyone who holds the attestor's signature over `Delivery(bytes32 id,bytes32
    /// evidence)`.
    /// @param evidence Salted commitment to what the attestor saw, or zero.
    function markDeliveredAttested(Terms calldata terms, bytes32 evidence, bytes calldata attestorSignature) external;

    /// @notice Gives a part to the payee's side, at any time.
    /// @dev Emits {Released}. Requirements: the caller is the payer; `part` is above zero and at most what is not disputed.
    function release(Terms calldata terms, uint96 part) external;

    /// @notice Releases all that is free of dispute in each escrow in which the caller may: a payer at any time, anyone
    /// once the window has ended. Others are skipped: their {Released} is missing from the receipt.
    /// @dev Emits {Released} for each that was ready. One transfer per run of equal payees.
    /// @return releasedCount How many were ready.
    function releaseMany(Terms[] calldata terms) external returns (uint256 releasedCount);

    /// @notice Gives a part back to the payer, at any time.
    /// @dev Emits {Refunded}. Requirements: the caller is the payee; `part` is above zero and at most what is not disputed.
    function refund(Terms calldata terms, uint96 part) external;

    /// @notice Does what is due by time, by anyone: splits a dispute whose arbiter stayed silent, releases what was
    /// delivered and whose window has ended, gives back what was not delivered in time.
    /// @dev Emits {DisputeEnded}, {Released} or {Refunded}, as far as due. Requirements: something is due.
    function settle(Terms calldata terms) external;

    // Dispute

    /// @notice Freezes an amount until the dispute ends. May be repeated to raise an open dispute, which gives the
    /// arbiter its full time again and drops a standing offer. `amount` is a ceiling: of what is not disputed already,
    /// so much or all is frozen; {DisputeRaised} tells how much it was.
    ///
    /// A raise makes calls fail whose shares were meant for less: rulings, concessions and acceptances are to be made
    /// again. It is possible until the window ends, and leaves the arbiter its full time.
    /// @dev Emits {DisputeRaised}.
    ///
    /// Requirements:
    /// - the caller is payer or payee
    /// - `amount` is above zero, and something is not disputed
    /// - the window has not ended; while undelivered, `deliverBy` has not passed
    /// - an open dispute's arbiter is still in time: after it the split is due
    function dispute(Terms calldata terms, uint96 amount) external;

    /// @notice Offers to end the dispute. An offer stands until it is replaced by either side's next, dropped by a raise, or
    /// the dispute ends; so it may be accepted in front of a ruling. One that gives the other side everything ends the
    /// dispute at once.
    /// @dev Emits {SettlementOffered}, or {DisputeEnded} when everything is conceded.
    /// Requirements: the caller is payer or payee; the two shares add up to the disputed amount.
    function offerSettlement(Terms calldata terms, uint96 toPayee, uint96 toPayer) external;

    /// @notice Accepts the other side's standing offer.
    /// @dev Emits {DisputeEnded}. Requirements: the caller is the other side; the shares are those of the offer.
    function acceptSettlement(Terms calldata terms, uint96 toPayee, uint96 toPayer) external;

    /// @notice Rules the dispute.
    /// @dev Emits {DisputeEnded}. Requirements: the caller is the arbiter and in time; the shares add up to the
    /// disputed amount.
    function rule(Terms calldata terms, uint96 toPayee, uint96 toPayer) external;

    // Credits

    /// @notice Sends the caller's whole credit to an address of its choice.
    /// @dev Emits {CreditWithdrawn}.
    /// Requirements: there is a credit; `to` is neither this contract nor the token; the token makes the transfer.
    function withdrawCredit(address to) external;

    // Views

    /// @notice The EIP-712 digest of the terms: id of the escrow, what the payee signs, nonce of an EIP-3009 authorisation.
    function termsId(Terms calldata terms) external view returns (bytes32 id);

    /// @notice The EIP-712 digest that an attestor signs.
    function deliveryDigest(bytes32 id, bytes32 evidence) external view returns (bytes32 digest);

    /// @notice The state of an escrow, with delivery deemed as of now.
    function stateOf(Terms calldata terms) external view returns (EscrowState memory state);

    /// @notice What `recipient` may withdraw.
    function creditOf(address recipient) external view returns (uint256 credit);

    /// @notice The one token of this contract.
    function token() external view returns (address);
}
