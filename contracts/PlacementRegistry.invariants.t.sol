// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPlacementRegistry} from "./interfaces/IPlacementRegistry.sol";
import {CallCounts, CountedInvariants} from "./testing/CallCounts.sol";
import {PlacementHandler} from "./testing/PlacementHandler.sol";

/*
Invariants, for every supplier s and key k of the handler, whose books B are kept from the calls alone:
PR1  placementOf(s, k) = B(s, k): one placement, hence at most one that is offered, accepted or held
PR2  place succeeds exactly where B has none that is offered, accepted or held          (asserted at each place)
PR3  nobody acts for another: a call by s or its agency changes B(s, k) alone, any other is refused     (PR1; asserted)
PR4  offered, accepted or held until `expires`, and expired from the second after, written down or not   (PR1; asserted)
PR5  a refused call changes nothing                                                   (asserted at each refusal)
PR6  an agency accepts what it saw: with another `expires` than B's, it is refused                        (asserted)
The handler makes every call that is meant to fail itself and asserts that it does, so that reverts are forbidden.
*/
contract PlacementRegistryInvariants is CountedInvariants {
    PlacementHandler private _handler;

    function setUp() external {
        _handler = new PlacementHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_PlacementsAreWhatTheBooksSay() external view {
        for (uint256 s = 0; s < _handler.SUPPLIERS(); ++s) {
            for (uint256 k = 0; k < _handler.KEYS(); ++k) {
                IPlacementRegistry.Placement memory actual = _handler.registry().placementOf(
                    _handler.supplierAt(s),
                    _handler.keyAt(k)
                );
                IPlacementRegistry.Placement memory expected = _handler.expectedAt(s, k);
                assertEqual("PR4 status", uint256(actual.status), uint256(expected.status));
                assertEqual("PR1", keccak256(abi.encode(actual)), keccak256(abi.encode(expected)));
            }
        }
    }

    function counted() internal view override returns (string memory contractName, CallCounts handler) {
        return ("PlacementRegistry", _handler);
    }
}
