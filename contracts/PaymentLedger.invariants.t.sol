// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PaymentLedger} from "./PaymentLedger.sol";
import {CallCounts, CountedInvariants} from "./testing/CallCounts.sol";
import {LedgerHandler} from "./testing/LedgerHandler.sol";

/*
Invariants, for every writer w of the handler, where E(w) is the list of entries in w's events in log order:
CL1  count(w) = |E(w)|, and hash(w) = fold of first28(keccak256(hash || entry)) over E(w)
CL2  a batch sent again or out of turn reverts and changes nothing           (asserted at each call of the handler)
CL3  hash(w) does not depend on batch sizes: the fold goes entry by entry, the handler sends 1 to 8 at once, and one
     batch both ways from one head                                            (asserted at each such call)
CL4  a call by w changes no head but w's                                     (asserted at each call of the handler)
CL5  no call of the admin or of a stranger changes a head                    (asserted at each call of the handler)
CL6  a writer without the role cannot append, and its head still equals the fold of its events
The handler makes every call that is meant to fail itself and asserts that it does, so that reverts are forbidden.
*/
contract PaymentLedgerInvariants is CountedInvariants {
    LedgerHandler private _handler;
    PaymentLedger private _ledger;

    function setUp() external {
        _handler = new LedgerHandler();
        _ledger = _handler.ledger();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_HeadsEqualTheFoldOfTheEvents() external view {
        for (uint256 i = 0; i < _handler.WRITERS(); ++i) {
            (bytes28 streamHash, uint32 count) = _ledger.streamHead(_handler.writerAt(i));
            assertEqual("CL1 count", count, _handler.eventCount(i));
            assertEqual("CL1 CL3 CL6 hash", bytes32(streamHash), bytes32(_handler.eventHash(i)));
        }
    }

    function counted() internal view override returns (string memory contractName, CallCounts handler) {
        return ("PaymentLedger", _handler);
    }
}
