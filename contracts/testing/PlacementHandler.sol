// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PlacementRegistry} from "../PlacementRegistry.sol";
import {IPlacementRegistry} from "../interfaces/IPlacementRegistry.sol";
import {CallCounts} from "./CallCounts.sol";
import {TestBase} from "./Vm.sol";

/// @notice Drives placements of three suppliers with three agencies on four keys, and keeps books of its own on what
/// each call must have done. Calls that must fail are made by the handler itself, which asserts that they do.
contract PlacementHandler is TestBase, CallCounts {
    struct Book {
        address agency;
        uint40 expires;
        IPlacementRegistry.Status status;
    }

    uint256 public constant SUPPLIERS = 3;
    uint256 public constant KEYS = 4;
    uint256 private constant AGENCIES = 3;

    PlacementRegistry public immutable registry = new PlacementRegistry();
    mapping(uint256 supplier => mapping(uint256 key => Book book)) private _books;

    error PlacementHandler_CallRefused(bytes call, bytes answer);

    constructor() {
        vm.warp(1_900_000_000);
    }

    // Views for the invariants

    function supplierAt(uint256 index) public pure returns (address) {
        return address(uint160(0x5000 + index));
    }

    function keyAt(uint256 index) public pure returns (bytes32) {
        return keccak256(abi.encode("key", index));
    }

    /// @notice What the registry should answer now.
    function expectedAt(uint256 supplier, uint256 key) public view returns (IPlacementRegistry.Placement memory) {
        Book memory book = _books[supplier][key];
        bool isOver = _isActive(book.status) && vm.getBlockTimestamp() > book.expires;
        return
            IPlacementRegistry.Placement({
                agency: book.agency,
                expires: book.expires,
                status: isOver ? IPlacementRegistry.Status.Expired : book.status
            });
    }

    // Calls. Each takes its way to a placement that is in the right status: the next one from `which` on, or a new
    // one.

    function place(uint256 which, uint256 agency, uint256 duration) external counted("place") {
        (uint256 s, uint256 k) = _locate(which);
        if (_isActive(expectedAt(s, k).status)) return _assertRefused(supplierAt(s), _placeCall(k, agency, duration));
        _place(s, k, agency, duration);
        _tookEffect("place");
    }

    function accept(uint256 which, uint256 agency, uint256 duration) external counted("accept") {
        (uint256 s, uint256 k) = _find(which, IPlacementRegistry.Status.Offered, agency, duration);
        _accept(s, k);
        _tookEffect("accept");
    }

    function hold(uint256 which, uint256 agency, uint256 duration) external counted("hold") {
        (uint256 s, uint256 k) = _find(which, IPlacementRegistry.Status.Accepted, agency, duration);
        _hold(s, k);
        _tookEffect("hold");
    }

    function resume(uint256 which, uint256 agency, uint256 duration) external counted("resume") {
        (uint256 s, uint256 k) = _find(which, IPlacementRegistry.Status.Held, agency, duration);
        _assertAccepted(supplierAt(s), abi.encodeCall(registry.resume, (keyAt(k))));
        _books[s][k].status = IPlacementRegistry.Status.Accepted;
        _tookEffect("resume");
    }

    function recall(uint256 which, uint256 agency, uint256 duration, uint8 how) external counted("recall") {
        (uint256 s, uint256 k) = _find(which, _active(how), agency, duration);
        _assertAccepted(supplierAt(s), abi.encodeCall(registry.recall, (keyAt(k))));
        _books[s][k].status = IPlacementRegistry.Status.Recalled;
        _tookEffect("recall");
    }

    function giveBack(uint256 which, uint256 agency, uint256 duration, uint8 how) external counted("giveBack") {
        (uint256 s, uint256 k) = _find(which, _active(how), agency, duration);
        _assertAccepted(_books[s][k].agency, abi.encodeCall(registry.giveBack, (supplierAt(s), keyAt(k))));
        _books[s][k].status = IPlacementRegistry.Status.Returned;
        _tookEffect("giveBack");
    }

    /// @dev At the last second nobody can; a second later anyone can.
    function expire(
        address caller,
        uint256 which,
        uint256 agency,
        uint256 duration,
        uint8 how
    ) external counted("expire") {
        (uint256 s, uint256 k) = _find(which, _active(how), agency, duration);
        bytes memory call = abi.encodeCall(registry.expire, (supplierAt(s), keyAt(k)));
        vm.warp(_books[s][k].expires);
        _assertRefused(caller, call);
        vm.warp(vm.getBlockTimestamp() + 1);
        _assertAccepted(caller, call);
        _books[s][k].status = IPlacementRegistry.Status.Expired;
        _tookEffect("expire");
    }

    function passTime(uint256 duration) external counted("passTime") {
        vm.warp(vm.getBlockTimestamp() + bound(duration, 1, 30 days));
        _tookEffect("passTime");
    }

    /// @dev Calls for another, on what is over, or against another offer than was seen.
    function callWrongly(uint256 which, uint256 kind, uint40 seen) external counted("callWrongly") {
        (uint256 s, uint256 k) = _locate(which);
        IPlacementRegistry.Placement memory placement = expectedAt(s, k);
        (address supplier, bytes32 key) = (supplierAt(s), keyAt(k));
        address intruder = address(uint160(0xBAD000 + (kind % 4096)));
        uint40 other = seen == placement.expires ? seen ^ 1 : seen;
        kind %= 7;
        if (kind == 0) _assertRefused(intruder, abi.encodeCall(registry.accept, (supplier, key, placement.expires)));
        if (kind == 1) _assertRefused(intruder, abi.encodeCall(registry.giveBack, (supplier, key)));
        if (kind == 2) _assertRefused(intruder, abi.encodeCall(registry.hold, (key)));
        if (kind == 3) _assertRefused(intruder, abi.encodeCall(registry.recall, (key)));
        if (kind == 4) _assertRefused(supplier, abi.encodeCall(registry.place, (key, supplier, type(uint40).max)));
        if (kind == 5) _assertRefused(placement.agency, abi.encodeCall(registry.accept, (supplier, key, other)));
        if (kind == 6 && !_isActive(placement.status)) {
            _assertRefused(supplier, abi.encodeCall(registry.recall, (key)));
            _assertRefused(placement.agency, abi.encodeCall(registry.giveBack, (supplier, key)));
        }
    }

    // Books

    function _place(uint256 s, uint256 k, uint256 agency, uint256 duration) private {
        _assertAccepted(supplierAt(s), _placeCall(k, agency, duration));
        _books[s][k] = Book(_agencyAt(agency), _expires(duration), IPlacementRegistry.Status.Offered);
    }

    function _accept(uint256 s, uint256 k) private {
        Book storage book = _books[s][k];
        _assertAccepted(book.agency, abi.encodeCall(registry.accept, (supplierAt(s), keyAt(k), book.expires)));
        book.status = IPlacementRegistry.Status.Accepted;
    }

    function _hold(uint256 s, uint256 k) private {
        _assertAccepted(supplierAt(s), abi.encodeCall(registry.hold, (keyAt(k))));
        _books[s][k].status = IPlacementRegistry.Status.Held;
    }

    function _isActive(IPlacementRegistry.Status status) private pure returns (bool) {
        return status >= IPlacementRegistry.Status.Offered && status <= IPlacementRegistry.Status.Held;
    }

    function _active(uint8 how) private pure returns (IPlacementRegistry.Status) {
        return IPlacementRegistry.Status(uint8(IPlacementRegistry.Status.Offered) + (how % 3));
    }

    function _agencyAt(uint256 word) private pure returns (address) {
        return address(uint160(0xA000 + (word % AGENCIES)));
    }

    function _expires(uint256 duration) private view returns (uint40) {
        return uint40(vm.getBlockTimestamp() + bound(duration, 0, 90 days));
    }

    function _placeCall(uint256 k, uint256 agency, uint256 duration) private view returns (bytes memory) {
        return abi.encodeCall(registry.place, (keyAt(k), _agencyAt(agency), _expires(duration)));
    }

    function _locate(uint256 which) private pure returns (uint256 s, uint256 k) {
        return (which % SUPPLIERS, (which / SUPPLIERS) % KEYS);
    }

    /// @dev The next placement in a status, or the next key, brought there by calls.
    function _find(
        uint256 which,
        IPlacementRegistry.Status status,
        uint256 agency,
        uint256 duration
    ) private returns (uint256 s, uint256 k) {
        which %= SUPPLIERS * KEYS;
        for (uint256 i = 0; i < SUPPLIERS * KEYS; ++i) {
            (s, k) = _locate(which + i);
            if (expectedAt(s, k).status == status) return (s, k);
        }
        (s, k) = _locate(which);
        if (_isActive(expectedAt(s, k).status)) {
            _assertAccepted(supplierAt(s), abi.encodeCall(registry.recall, (keyAt(k))));
        }
        _place(s, k, agency, duration);
        if (status != IPlacementRegistry.Status.Offered) _accept(s, k);
        if (status == IPlacementRegistry.Status.Held) _hold(s, k);
    }

    function _assertAccepted(address caller, bytes memory call) private {
        vm.prank(caller);
        (bool success, bytes memory answer) = address(registry).call(call);
        if (!success) revert PlacementHandler_CallRefused(call, answer);
    }

    function _assertRefused(address caller, bytes memory call) private {
        bytes32 before = _world();
        vm.prank(caller);
        (bool success, ) = address(registry).call(call);
        assertTrue("refused", !success);
        assertEqual("PR5 nothing changed", _world(), before);
    }

    function _world() private view returns (bytes32 result) {
        for (uint256 i = 0; i < SUPPLIERS * KEYS; ++i) {
            (uint256 s, uint256 k) = _locate(i);
            result = keccak256(abi.encode(result, registry.placementOf(supplierAt(s), keyAt(k))));
        }
    }
}
