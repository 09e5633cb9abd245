// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PlacementRegistry} from "./PlacementRegistry.sol";
import {IPlacementRegistry} from "./interfaces/IPlacementRegistry.sol";
import {TestBase, Vm} from "./testing/Vm.sol";

/*
place
├── given the key is offered, accepted or held       -> it reverts with StatusInvalid, to the last second of the placement
├── given it was recalled, returned or has expired   -> it is placed anew
├── when the agency is zero, the caller, the contract-> it reverts with AgencyInvalid
├── when the time has passed                         -> it reverts with ExpiryInvalid; the current second is in time
└── it offers the debt and emits PlacementOffered; keys of other suppliers and other keys stay as they are
accept
├── given the caller is not the agency               -> it reverts with CallerInvalid (both accounts)
├── given it was offered anew with another time      -> it reverts with ExpiryMismatch (both times)
├── given it is not offered, or has expired          -> it reverts with StatusInvalid
└── it is accepted, to the last second, and emits PlacementAccepted
hold
├── given it is not accepted, or has expired         -> it reverts with StatusInvalid
└── it is held, and emits PlacementHeld
resume
├── given it is not held, or has expired             -> it reverts with StatusInvalid
└── it is accepted, and emits PlacementResumed
recall
├── given it is over, or never was                   -> it reverts with StatusInvalid
└── offered, accepted or held, it is recalled, and emits PlacementRecalled
giveBack
├── given the caller is not the agency               -> it reverts with CallerInvalid
├── given it is over                                 -> it reverts with StatusInvalid
└── offered, accepted or held, it is returned, and emits PlacementReturned
expire
├── given its time has not passed, or it is over     -> it reverts with StatusInvalid
└── offered, accepted or held, anyone writes it down once, and it emits PlacementExpired
hold, resume, recall
└── given the caller is not the supplier             -> they find no placement of the caller: StatusInvalid
placementOf
├── given nothing was placed                         -> it answers zero
└── it tells an expired placement as such from the second after, whether or not somebody wrote it down
*/
contract PlacementRegistryTest is TestBase {
    uint40 private constant NOW = 1_900_000_000;
    uint40 private constant EXPIRES = NOW + 90 days;
    bytes32 private constant KEY = keccak256("placement key");

    address private immutable SUPPLIER = address(0x5CC);
    address private immutable AGENCY = address(0xA6E4C1);
    address private immutable OTHER_AGENCY = address(0xA6E4C2);

    PlacementRegistry private _registry;

    function setUp() external {
        vm.warp(NOW);
        _registry = new PlacementRegistry();
    }

    // place

    function testFuzz_Place_RevertGiven_ThePlacementIsActive(uint8 how, uint40 time, uint40 expires) external {
        IPlacementRegistry.Status status = _bring(_active(how));
        vm.warp(bound(time, NOW, EXPIRES));
        _assertReverts(SUPPLIER, _placeCall(OTHER_AGENCY, expires), _statusInvalid(status));
        vm.warp(EXPIRES);
        _assertReverts(SUPPLIER, _placeCall(AGENCY, type(uint40).max), _statusInvalid(status));
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, status);
    }

    function testFuzz_Place_GivenTheLastOneIsOver(uint8 how, uint8 end, uint40 expires) external {
        _bring(_active(how));
        if (end % 4 == 0) _recall();
        if (end % 4 == 1) _giveBack();
        if (end % 4 > 1) vm.warp(uint256(EXPIRES) + 1);
        if (end % 4 == 3) _registry.expire(SUPPLIER, KEY);
        expires = uint40(bound(expires, vm.getBlockTimestamp(), type(uint40).max));
        _place(OTHER_AGENCY, expires);
        _assertPlacement(SUPPLIER, KEY, OTHER_AGENCY, expires, IPlacementRegistry.Status.Offered);
    }

    function testFuzz_Place_RevertWhen_TheAgencyIsInvalid(uint40 expires) external {
        address[3] memory agencies = [address(0), SUPPLIER, address(_registry)];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory expected = abi.encodeWithSelector(
                IPlacementRegistry.PlacementRegistry_AgencyInvalid.selector,
                agencies[i]
            );
            _assertReverts(SUPPLIER, _placeCall(agencies[i], expires), expected);
        }
    }

    function testFuzz_Place_RevertWhen_TheTimeHasPassed(uint40 time, uint40 expires) external {
        time = uint40(bound(time, 1, type(uint40).max));
        vm.warp(time);
        expires = uint40(bound(expires, 0, time - 1));
        _assertReverts(SUPPLIER, _placeCall(AGENCY, expires), _expiryInvalid(expires, time));
        _assertReverts(SUPPLIER, _placeCall(AGENCY, time - 1), _expiryInvalid(time - 1, time));
        _place(AGENCY, time);
        _assertPlacement(SUPPLIER, KEY, AGENCY, time, IPlacementRegistry.Status.Offered);
    }

    function testFuzz_Place_OffersTheDebt(bytes32 key, address supplier, address agency, uint40 expires) external {
        vm.assume(agency != address(0) && agency != supplier && agency != address(_registry));
        expires = uint40(bound(expires, NOW, type(uint40).max));
        vm.recordLogs();
        vm.prank(supplier);
        _registry.place(key, agency, expires);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEqual("event", logs[0].topics[0], IPlacementRegistry.PlacementOffered.selector);
        _assertTopics(logs, key, supplier, agency);
        assertEqual("expires", abi.decode(logs[0].data, (uint40)), expires);
        _assertPlacement(supplier, key, agency, expires, IPlacementRegistry.Status.Offered);
    }

    function testFuzz_Place_LeavesOthersAlone(bytes32 otherKey, address otherSupplier) external {
        vm.assume(otherKey != KEY && otherSupplier != SUPPLIER && otherSupplier != AGENCY);
        _bring(IPlacementRegistry.Status.Held);
        vm.prank(SUPPLIER);
        _registry.place(otherKey, AGENCY, EXPIRES - 1);
        vm.prank(otherSupplier);
        _registry.place(KEY, AGENCY, EXPIRES - 2);
        vm.prank(AGENCY);
        _registry.giveBack(otherSupplier, KEY);
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, IPlacementRegistry.Status.Held);
        _assertPlacement(SUPPLIER, otherKey, AGENCY, EXPIRES - 1, IPlacementRegistry.Status.Offered);
        _assertPlacement(otherSupplier, KEY, AGENCY, EXPIRES - 2, IPlacementRegistry.Status.Returned);
    }

    // accept

    function testFuzz_Accept_RevertGiven_CallerIsNotTheAgency(address caller) external {
        vm.assume(caller != AGENCY && caller != address(0));
        bytes memory call = abi.encodeCall(_registry.accept, (SUPPLIER, KEY, EXPIRES));
        _assertReverts(caller, call, _callerInvalid(caller, address(0)));
        _place(AGENCY, EXPIRES);
        _assertReverts(caller, call, _callerInvalid(caller, AGENCY));
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, IPlacementRegistry.Status.Offered);
    }

    function testFuzz_Accept_RevertGiven_ItWasOfferedAnew(uint40 seen, uint40 expires) external {
        expires = uint40(bound(expires, NOW, type(uint40).max));
        vm.assume(seen != expires);
        _place(AGENCY, EXPIRES);
        _recall();
        _place(AGENCY, expires);
        bytes memory expected = abi.encodeWithSelector(
            IPlacementRegistry.PlacementRegistry_ExpiryMismatch.selector,
            expires,
            seen
        );
        _assertReverts(AGENCY, abi.encodeCall(_registry.accept, (SUPPLIER, KEY, seen)), expected);
        _assertPlacement(SUPPLIER, KEY, AGENCY, expires, IPlacementRegistry.Status.Offered);
    }

    function test_Accept_RevertGiven_ItIsNotOffered() external {
        bytes memory call = abi.encodeCall(_registry.accept, (SUPPLIER, KEY, EXPIRES));
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Accepted);
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Held);
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Recalled);
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Returned);
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Expired);
    }

    function testFuzz_Accept_ToTheLastSecond(uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.accept, (SUPPLIER, KEY, EXPIRES));
        _place(AGENCY, EXPIRES);
        vm.warp(bound(late, uint256(EXPIRES) + 1, type(uint40).max));
        _assertReverts(AGENCY, call, _statusInvalid(IPlacementRegistry.Status.Expired));
        vm.warp(uint256(EXPIRES) + 1);
        _assertReverts(AGENCY, call, _statusInvalid(IPlacementRegistry.Status.Expired));
        vm.warp(EXPIRES);
        _assertMoves(AGENCY, call, IPlacementRegistry.PlacementAccepted.selector, IPlacementRegistry.Status.Accepted);
    }

    // hold, resume

    function test_Hold_RevertGiven_ItIsNotAccepted() external {
        bytes memory call = abi.encodeCall(_registry.hold, (KEY));
        _assertReverts(SUPPLIER, call, _statusInvalid(IPlacementRegistry.Status.None));
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Offered);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Held);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Recalled);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Returned);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Expired);
    }

    function testFuzz_Hold_ToTheLastSecond(uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.hold, (KEY));
        _bring(IPlacementRegistry.Status.Accepted);
        _assertRefusedAfterItsTime(SUPPLIER, call, late);
        vm.warp(EXPIRES);
        _assertMoves(SUPPLIER, call, IPlacementRegistry.PlacementHeld.selector, IPlacementRegistry.Status.Held);
    }

    function test_Resume_RevertGiven_ItIsNotHeld() external {
        bytes memory call = abi.encodeCall(_registry.resume, (KEY));
        _assertReverts(SUPPLIER, call, _statusInvalid(IPlacementRegistry.Status.None));
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Offered);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Accepted);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Recalled);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Returned);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Expired);
    }

    function testFuzz_Resume_ToTheLastSecond(uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.resume, (KEY));
        _bring(IPlacementRegistry.Status.Held);
        _assertRefusedAfterItsTime(SUPPLIER, call, late);
        vm.warp(EXPIRES);
        _assertMoves(SUPPLIER, call, IPlacementRegistry.PlacementResumed.selector, IPlacementRegistry.Status.Accepted);
    }

    // recall, giveBack

    function test_Recall_RevertGiven_ItIsOver() external {
        bytes memory call = abi.encodeCall(_registry.recall, (KEY));
        _assertReverts(SUPPLIER, call, _statusInvalid(IPlacementRegistry.Status.None));
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Recalled);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Returned);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Expired);
    }

    function testFuzz_Recall_ToTheLastSecond(uint8 how, uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.recall, (KEY));
        _bring(_active(how));
        _assertRefusedAfterItsTime(SUPPLIER, call, late);
        vm.warp(EXPIRES);
        _assertMoves(SUPPLIER, call, IPlacementRegistry.PlacementRecalled.selector, IPlacementRegistry.Status.Recalled);
    }

    function testFuzz_GiveBack_RevertGiven_CallerIsNotTheAgency(address caller, uint8 how) external {
        vm.assume(caller != AGENCY);
        IPlacementRegistry.Status status = _bring(_active(how));
        bytes memory call = abi.encodeCall(_registry.giveBack, (SUPPLIER, KEY));
        _assertReverts(caller, call, _callerInvalid(caller, AGENCY));
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, status);
    }

    function test_GiveBack_RevertGiven_ItIsOver() external {
        bytes memory call = abi.encodeCall(_registry.giveBack, (SUPPLIER, KEY));
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Recalled);
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Returned);
        _assertRefusedIn(AGENCY, call, IPlacementRegistry.Status.Expired);
    }

    function testFuzz_GiveBack_ToTheLastSecond(uint8 how, uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.giveBack, (SUPPLIER, KEY));
        _bring(_active(how));
        _assertRefusedAfterItsTime(AGENCY, call, late);
        vm.warp(EXPIRES);
        _assertMoves(AGENCY, call, IPlacementRegistry.PlacementReturned.selector, IPlacementRegistry.Status.Returned);
    }

    // expire

    function testFuzz_Expire_RevertGiven_ItsTimeHasNotPassed(uint8 how, uint40 time) external {
        bytes memory call = abi.encodeCall(_registry.expire, (SUPPLIER, KEY));
        IPlacementRegistry.Status status = _bring(_active(how));
        vm.warp(bound(time, NOW, EXPIRES));
        _assertReverts(AGENCY, call, _statusInvalid(status));
        vm.warp(EXPIRES);
        _assertReverts(SUPPLIER, call, _statusInvalid(status));
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, status);
    }

    function testFuzz_Expire_RevertGiven_ItIsOver(uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.expire, (SUPPLIER, KEY));
        vm.warp(bound(late, uint256(EXPIRES) + 1, type(uint40).max));
        _assertReverts(SUPPLIER, call, _statusInvalid(IPlacementRegistry.Status.None));
        vm.warp(NOW);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Recalled);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Returned);
        _assertRefusedIn(SUPPLIER, call, IPlacementRegistry.Status.Expired);
    }

    function testFuzz_Expire_ByAnyoneOnce(address caller, uint8 how, uint40 late) external {
        bytes memory call = abi.encodeCall(_registry.expire, (SUPPLIER, KEY));
        _bring(_active(how));
        vm.warp(bound(late, uint256(EXPIRES) + 1, type(uint40).max));
        _assertMoves(caller, call, IPlacementRegistry.PlacementExpired.selector, IPlacementRegistry.Status.Expired);
        _assertReverts(caller, call, _statusInvalid(IPlacementRegistry.Status.Expired));
        vm.warp(NOW);
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, IPlacementRegistry.Status.Expired);
    }

    // hold, resume, recall by another

    function testFuzz_SupplierCalls_RevertGiven_CallerIsAnother(address caller, uint8 how) external {
        vm.assume(caller != SUPPLIER);
        IPlacementRegistry.Status status = _bring(_active(how));
        bytes memory expected = _statusInvalid(IPlacementRegistry.Status.None);
        _assertReverts(caller, abi.encodeCall(_registry.hold, (KEY)), expected);
        _assertReverts(caller, abi.encodeCall(_registry.resume, (KEY)), expected);
        _assertReverts(caller, abi.encodeCall(_registry.recall, (KEY)), expected);
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, status);
    }

    // placementOf

    function testFuzz_PlacementOf_GivenNothingWasPlaced(address supplier, bytes32 key, uint40 time) external {
        vm.warp(time);
        _assertPlacement(supplier, key, address(0), 0, IPlacementRegistry.Status.None);
    }

    function testFuzz_PlacementOf_TellsAnExpiredOne(uint8 how, uint40 expires, uint40 late) external {
        expires = uint40(bound(expires, NOW, type(uint40).max - 1));
        IPlacementRegistry.Status status = _active(how);
        _place(AGENCY, expires);
        if (status != IPlacementRegistry.Status.Offered) _accept(expires);
        if (status == IPlacementRegistry.Status.Held) _hold();
        vm.warp(expires);
        _assertPlacement(SUPPLIER, KEY, AGENCY, expires, status);
        vm.warp(uint256(expires) + 1);
        _assertPlacement(SUPPLIER, KEY, AGENCY, expires, IPlacementRegistry.Status.Expired);
        vm.warp(bound(late, uint256(expires) + 1, type(uint40).max));
        _assertPlacement(SUPPLIER, KEY, AGENCY, expires, IPlacementRegistry.Status.Expired);
    }

    // What the tests share.

    function _place(address agency, uint40 expires) private {
        vm.prank(SUPPLIER);
        _registry.place(KEY, agency, expires);
    }

    function _accept(uint40 expires) private {
        vm.prank(AGENCY);
        _registry.accept(SUPPLIER, KEY, expires);
    }

    function _hold() private {
        vm.prank(SUPPLIER);
        _registry.hold(KEY);
    }

    function _recall() private {
        vm.prank(SUPPLIER);
        _registry.recall(KEY);
    }

    function _giveBack() private {
        vm.prank(AGENCY);
        _registry.giveBack(SUPPLIER, KEY);
    }

    function _placeCall(address agency, uint40 expires) private view returns (bytes memory) {
        return abi.encodeCall(_registry.place, (KEY, agency, expires));
    }

    function _active(uint8 how) private pure returns (IPlacementRegistry.Status) {
        return IPlacementRegistry.Status(uint8(IPlacementRegistry.Status.Offered) + (how % 3));
    }

    /// @dev Brings the key, on which nothing was placed, into a status.
    function _bring(IPlacementRegistry.Status status) private returns (IPlacementRegistry.Status) {
        _place(AGENCY, EXPIRES);
        if (status == IPlacementRegistry.Status.Accepted || status == IPlacementRegistry.Status.Held) _accept(EXPIRES);
        if (status == IPlacementRegistry.Status.Held) _hold();
        if (status == IPlacementRegistry.Status.Recalled) _recall();
        if (status == IPlacementRegistry.Status.Returned) _giveBack();
        if (status == IPlacementRegistry.Status.Expired) {
            vm.warp(uint256(EXPIRES) + 1);
            _registry.expire(SUPPLIER, KEY);
        }
        return status;
    }

    /// @dev From a fresh registry, brings the key into `status` and asserts that the call is refused for it, and
    /// changes nothing.
    function _assertRefusedIn(address caller, bytes memory call, IPlacementRegistry.Status status) private {
        uint256 before = vm.snapshotState();
        _bring(status);
        _assertReverts(caller, call, _statusInvalid(status));
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, status);
        vm.revertToState(before);
        vm.warp(NOW);
    }

    function _assertRefusedAfterItsTime(address caller, bytes memory call, uint40 late) private {
        vm.warp(bound(late, uint256(EXPIRES) + 1, type(uint40).max));
        _assertReverts(caller, call, _statusInvalid(IPlacementRegistry.Status.Expired));
        vm.warp(uint256(EXPIRES) + 1);
        _assertReverts(caller, call, _statusInvalid(IPlacementRegistry.Status.Expired));
    }

    function _assertMoves(
        address caller,
        bytes memory call,
        bytes32 selector,
        IPlacementRegistry.Status status
    ) private {
        vm.recordLogs();
        vm.prank(caller);
        (bool success, ) = address(_registry).call(call);
        assertTrue("accepted", success);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEqual("event", logs[0].topics[0], selector);
        _assertTopics(logs, KEY, SUPPLIER, AGENCY);
        assertEqual("data", logs[0].data.length, 0);
        _assertPlacement(SUPPLIER, KEY, AGENCY, EXPIRES, status);
    }

    function _assertTopics(Vm.Log[] memory logs, bytes32 key, address supplier, address agency) private pure {
        assertEqual("events", logs.length, 1);
        assertEqual("key", logs[0].topics[1], key);
        assertEqual("supplier", logs[0].topics[2], bytes32(uint256(uint160(supplier))));
        assertEqual("agency", logs[0].topics[3], bytes32(uint256(uint160(agency))));
    }

    function _assertPlacement(
        address supplier,
        bytes32 key,
        address agency,
        uint256 expires,
        IPlacementRegistry.Status status
    ) private view {
        IPlacementRegistry.Placement memory placement = _registry.placementOf(supplier, key);
        assertEqual("agency", placement.agency, agency);
        assertEqual("expires", placement.expires, expires);
        assertEqual("status", uint256(placement.status), uint256(status));
    }

    function _assertReverts(address caller, bytes memory call, bytes memory expected) private {
        assertReverts(caller, address(_registry), call, expected);
    }

    function _statusInvalid(IPlacementRegistry.Status status) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPlacementRegistry.PlacementRegistry_StatusInvalid.selector, KEY, status);
    }

    function _callerInvalid(address caller, address agency) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPlacementRegistry.PlacementRegistry_CallerInvalid.selector, caller, agency);
    }

    function _expiryInvalid(uint256 expires, uint256 time) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPlacementRegistry.PlacementRegistry_ExpiryInvalid.selector, expires, time);
    }
}
