// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IPlacementRegistry
/// @notice Who collects a debt: at most one agency at a time for each key of a supplier. No money, names or amounts.
///
/// A `placementKey` is a salted key of the invoice, in the domain of placements, so that only those to whom the salt
/// was disclosed know what it stands for. Each supplier has keys of its own: nobody can occupy another's.
///
///     (none) ── place ──> Offered ── accept ──> Accepted ── hold ──> Held ── resume ──> Accepted
///     Offered, Accepted, Held ── recall by the supplier ──> Recalled;  ── give back by the agency ──> Returned
///     Offered, Accepted, Held ── `expires` has passed ──> Expired
///
/// A key whose placement is recalled, returned or expired can be placed again.
interface IPlacementRegistry {
    /// @notice Where a placement stands.
    enum Status {
        None,
        Offered,
        Accepted,
        Held,
        Recalled,
        Returned,
        Expired
    }

    /// @notice The latest placement of a key.
    /// @param agency Account that was asked to collect.
    /// @param expires Last second at which it may.
    struct Placement {
        address agency;
        uint40 expires;
        Status status;
    }

    /// @notice A debt was offered to an agency.
    event PlacementOffered(bytes32 indexed placementKey, address indexed supplier, address indexed agency, uint40 expires);
    /// @notice The agency took it.
    event PlacementAccepted(bytes32 indexed placementKey, address indexed supplier, address indexed agency);
    /// @notice The supplier asked the agency to rest.
    event PlacementHeld(bytes32 indexed placementKey, address indexed supplier, address indexed agency);
    /// @notice The supplier let the agency go on.
    event PlacementResumed(bytes32 indexed placementKey, address indexed supplier, address indexed agency);
    /// @notice The supplier took it back.
    event PlacementRecalled(bytes32 indexed placementKey, address indexed supplier, address indexed agency);
    /// @notice The agency gave it back, or declined it.
    event PlacementReturned(bytes32 indexed placementKey, address indexed supplier, address indexed agency);
    /// @notice Somebody wrote down that its time had passed.
    event PlacementExpired(bytes32 indexed placementKey, address indexed supplier, address indexed agency);

    /// @notice The agency is zero, the supplier itself or this contract.
    error PlacementRegistry_AgencyInvalid(address agency);
    /// @notice The time has passed already.
    error PlacementRegistry_ExpiryInvalid(uint256 expires, uint256 now_);
    /// @notice The caller is not the agency of this placement.
    error PlacementRegistry_CallerInvalid(address caller, address agency);
    /// @notice The placement's status does not allow this.
    error PlacementRegistry_StatusInvalid(bytes32 placementKey, Status status);
    /// @notice The placement expires at another time than the agency agreed to: it was offered anew.
    error PlacementRegistry_ExpiryMismatch(uint256 expires, uint256 expected);

    /// @notice Offers a debt of the caller to an agency.
    /// @dev Emits {PlacementOffered}.
    /// Requirements: the key has no placement that is offered, accepted or held and unexpired; the agency is neither
    /// zero nor the caller nor this contract; `expires` has not passed.
    function place(bytes32 placementKey, address agency, uint40 expires) external;

    /// @notice Takes an offered debt.
    /// @dev Emits {PlacementAccepted}.
    /// Requirements: the caller is the agency; the placement is offered, unexpired, and expires at `expires`.
    function accept(address supplier, bytes32 placementKey, uint40 expires) external;

    /// @notice Asks the agency to rest, for instance while a dispute is open.
    /// @dev Emits {PlacementHeld}. Requirements: the caller's placement is accepted.
    function hold(bytes32 placementKey) external;

    /// @notice Lets the agency go on.
    /// @dev Emits {PlacementResumed}. Requirements: the caller's placement is held.
    function resume(bytes32 placementKey) external;

    /// @notice Takes a debt back.
    /// @dev Emits {PlacementRecalled}. Requirements: the caller's placement is offered, accepted or held.
    function recall(bytes32 placementKey) external;

    /// @notice Gives a debt back, or declines it.
    /// @dev Emits {PlacementReturned}. Requirements: the caller is the agency; the placement is offered, accepted or
    /// held.
    function giveBack(address supplier, bytes32 placementKey) external;

    /// @notice Writes down, by anyone, that a placement's time has passed. It is over whether or not somebody does.
    /// @dev Emits {PlacementExpired}. Requirements: the placement was offered, accepted or held when its time passed.
    function expire(address supplier, bytes32 placementKey) external;

    /// @notice The latest placement of a key, expired ones told as such.
    function placementOf(address supplier, bytes32 placementKey) external view returns (Placement memory placement);
}
