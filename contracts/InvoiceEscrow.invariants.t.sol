// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {CallCounts, CountedInvariants} from "./testing/CallCounts.sol";
import {EscrowHandler} from "./testing/EscrowHandler.sol";


/*
Invariants, for every escrow e of the handler, whose books B are kept from the terms and the calls alone:
CE1   balance(contract) = sum of remaining(e) + sum of credits + gifts
CE2   remaining(e) + released(e) + refunded(e) = funded(e), and each is what B says
CE3   a final status stays, and nothing remains                (B's status; every call on it is asserted to be refused)
CE4   status(e) follows from B: its edges are those of B
CE5   payee + agency + payer of e = funded(e) at the end       (CE2 with remaining = 0)
CE6   money in = sum of funded(e)                              (CE1 with totals)
CE7   what time alone must end, it ends                        (the handler's settle is asserted to succeed when due)
CE8   a refused call moves nothing                             (asserted at each refusal)
CE9   releaseMany does exactly what is ready                   (asserted at each call)
CE10  a dispute is told exactly while B has one
CE11  a credit is withdrawn whole, once, by its owner          (asserted at each call)
*/
contract InvoiceEscrowInvariants is CountedInvariants {
    EscrowHandler private _handler;

    function setUp() external {
        _handler = new EscrowHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_MoneyIsConservedAndEachEscrowIsWhatItsBooksSay() external view {
        uint256 balance = _handler.escrowBalance();
        assertEqual("CE1", balance, _handler.held() + _handler.credits() + _handler.gifts());
        assertEqual("CE6", _handler.totalFunded() - _handler.totalOut(), _handler.held());
        for (uint256 i = 0; i < _handler.count(); ++i) {
            EscrowHandler.Book memory book = _handler.bookAt(i);
            IInvoiceEscrow.EscrowState memory state = _handler.stateAt(i);
            assertEqual("CE2 remaining", state.remaining, book.funded - book.toPayee - book.toPayer);
            assertEqual("CE2 released", state.released, book.toPayee);
            assertEqual("CE10 disputed", state.disputed, book.disputed);
            assertEqual("CE10 limit", state.rulesUntil, book.disputed == 0 ? 0 : book.rulesUntil);
            assertEqual("CE10 offer", state.offeredBy, book.offeredBy);
            assertEqual("CE10 offered", state.offeredToPayee, book.offered);
            if (book.isFinal) assertEqual("CE3", uint256(state.status), uint256(book.finalStatus));
            else _assertRunning(i, book, state);
        }
    }

    function counted() internal view override returns (string memory contractName, CallCounts handler) {
        return ("InvoiceEscrow", _handler);
    }

    function _assertRunning(
        uint256 i,
        EscrowHandler.Book memory book,
        IInvoiceEscrow.EscrowState memory state
    ) private view {
        IInvoiceEscrow.Terms memory terms = _handler.termsAt(i);
        bool isDeemed = terms.deemedDelivered && block.timestamp > terms.deliverBy;
        bool isDelivered = book.deliveredAt != 0 || isDeemed;
        IInvoiceEscrow.Status expected = book.disputed != 0
            ? IInvoiceEscrow.Status.Disputed
            : isDelivered
                ? IInvoiceEscrow.Status.Delivered
                : IInvoiceEscrow.Status.Funded;
        assertEqual("CE4", uint256(state.status), uint256(expected));
    }
}
