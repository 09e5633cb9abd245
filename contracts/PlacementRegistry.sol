// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPlacementRegistry} from "./interfaces/IPlacementRegistry.sol";

/// @title PlacementRegistry
/// @notice See {IPlacementRegistry}. No owner, no upgrade; nothing is called, so no order of effects can be observed.
contract PlacementRegistry is IPlacementRegistry {
    mapping(address supplier => mapping(bytes32 placementKey => Placement placement)) private _placements;

    // Supplier

    /// @inheritdoc IPlacementRegistry
    function place(bytes32 placementKey, address agency, uint40 expires) external override {
        Status status = placementOf(msg.sender, placementKey).status;
        if (_isActive(status)) revert PlacementRegistry_StatusInvalid(placementKey, status);
        bool isInvalid = agency == address(0) || agency == msg.sender || agency == address(this);
        if (isInvalid) revert PlacementRegistry_AgencyInvalid(agency);
        if (block.timestamp > expires) revert PlacementRegistry_ExpiryInvalid(expires, block.timestamp);
        _placements[msg.sender][placementKey] = Placement({
            agency: agency,
            expires: expires,
            status: Status.Offered
        });
        emit PlacementOffered(placementKey, msg.sender, agency, expires);
    }

    /// @inheritdoc IPlacementRegistry
    function hold(bytes32 placementKey) external override {
        address agency = _move(msg.sender, placementKey, Status.Accepted, Status.Held);
        emit PlacementHeld(placementKey, msg.sender, agency);
    }

    /// @inheritdoc IPlacementRegistry
    function resume(bytes32 placementKey) external override {
        address agency = _move(msg.sender, placementKey, Status.Held, Status.Accepted);
        emit PlacementResumed(placementKey, msg.sender, agency);
    }

    /// @inheritdoc IPlacementRegistry
    function recall(bytes32 placementKey) external override {
        address agency = _end(msg.sender, placementKey, Status.Recalled);
        emit PlacementRecalled(placementKey, msg.sender, agency);
    }

    // Agency

    /// @inheritdoc IPlacementRegistry
    function accept(address supplier, bytes32 placementKey, uint40 expires) external override {
        _requireAgency(supplier, placementKey);
        uint40 actual = _placements[supplier][placementKey].expires;
        if (actual != expires) revert PlacementRegistry_ExpiryMismatch(actual, expires);
        _move(supplier, placementKey, Status.Offered, Status.Accepted);
        emit PlacementAccepted(placementKey, supplier, msg.sender);
    }

    /// @inheritdoc IPlacementRegistry
    function giveBack(address supplier, bytes32 placementKey) external override {
        _requireAgency(supplier, placementKey);
        _end(supplier, placementKey, Status.Returned);
        emit PlacementReturned(placementKey, supplier, msg.sender);
    }

    // Anyone

    /// @inheritdoc IPlacementRegistry
    function expire(address supplier, bytes32 placementKey) external override {
        Placement storage placement = _placements[supplier][placementKey];
        bool isOver = _isActive(placement.status) && block.timestamp > placement.expires;
        if (!isOver) revert PlacementRegistry_StatusInvalid(placementKey, placement.status);
        placement.status = Status.Expired;
        emit PlacementExpired(placementKey, supplier, placement.agency);
    }

    /// @inheritdoc IPlacementRegistry
    function placementOf(
        address supplier,
        bytes32 placementKey
    ) public view override returns (Placement memory placement) {
        placement = _placements[supplier][placementKey];
        if (_isActive(placement.status) && block.timestamp > placement.expires) placement.status = Status.Expired;
    }

    // Internals

    function _requireAgency(address supplier, bytes32 placementKey) private view {
        address agency = _placements[supplier][placementKey].agency;
        if (msg.sender != agency) revert PlacementRegistry_CallerInvalid(msg.sender, agency);
    }

    function _isActive(Status status) private pure returns (bool) {
        return status == Status.Offered || status == Status.Accepted || status == Status.Held;
    }

    function _move(address supplier, bytes32 placementKey, Status from, Status to) private returns (address agency) {
        Placement memory placement = placementOf(supplier, placementKey);
        if (placement.status != from) revert PlacementRegistry_StatusInvalid(placementKey, placement.status);
        _placements[supplier][placementKey].status = to;
        return placement.agency;
    }

    function _end(address supplier, bytes32 placementKey, Status to) private returns (address agency) {
        Placement memory placement = placementOf(supplier, placementKey);
        if (!_isActive(placement.status)) revert PlacementRegistry_StatusInvalid(placementKey, placement.status);
        _placements[supplier][placementKey].status = to;
        return placement.agency;
    }
}
