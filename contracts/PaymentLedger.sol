// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {IPaymentLedger} from "./interfaces/IPaymentLedger.sol";

/// @title PaymentLedger
/// @notice See {IPaymentLedger}. There is no proxy, no pause, no owner of entries: a changed contract is a new
/// deployment whose first entry commits the old head.
contract PaymentLedger is IPaymentLedger, AccessControlDefaultAdminRules {
    /// @inheritdoc IPaymentLedger
    bytes32 public constant override WRITER_ROLE = keccak256("quittance.ledger.writer");

    uint256 private constant ENTRY_SIZE = 64;
    uint256 private constant COUNT_LIMIT = type(uint32).max;

    /// @dev Head of each stream: truncated hash in the upper 224 bits, count in the lower 32.
    mapping(address writer => uint256 head) private _heads;

    /// @param adminDelay Seconds that a hand-over of the admin role has to wait.
    /// @param admin Account that may grant and revoke {WRITER_ROLE}, and nothing else.
    /// @param writer First account to hold {WRITER_ROLE}.
    constructor(uint48 adminDelay, address admin, address writer) AccessControlDefaultAdminRules(adminDelay, admin) {
        _grantRole(WRITER_ROLE, writer);
    }

    /// @inheritdoc IPaymentLedger
    function append(uint32 expectedCount, bytes calldata entries) external override onlyRole(WRITER_ROLE) {
        // Guards.
        if (entries.length == 0 || entries.length % ENTRY_SIZE != 0) {
            revert PaymentLedger_LengthInvalid(entries.length, ENTRY_SIZE);
        }
        uint256 head = _heads[msg.sender];
        uint32 count = uint32(head);
        if (count != expectedCount) revert PaymentLedger_CountMismatch(expectedCount, count);
        uint256 countAfter = count + entries.length / ENTRY_SIZE;
        if (countAfter > COUNT_LIMIT) revert PaymentLedger_StreamFull(countAfter, COUNT_LIMIT);

        // Events, then the effect: nothing is called, so their order cannot be observed.
        bytes28 streamHash = bytes28(_emitAndHash(bytes28(bytes32(head)), entries));
        _heads[msg.sender] = uint256(bytes32(streamHash)) | countAfter;
    }

    /// @inheritdoc IPaymentLedger
    function streamHead(address writer) external view override returns (bytes28 streamHash, uint32 count) {
        uint256 head = _heads[writer];
        return (bytes28(bytes32(head)), uint32(head));
    }

    /// @dev Emits {EntryAppended} for each entry and extends the running hash by it. In plain Solidity, per entry:
    ///
    ///     emit EntryAppended(subjectKey, msg.sender, commitment);
    ///     streamHash = bytes28(keccak256(abi.encodePacked(streamHash, subjectKey, commitment)));
    ///
    /// which costs about a third more at large batches; a fuzz test compares the two. The scratch area is 92 bytes from the
    /// free memory pointer, which is not moved, because nothing allocates afterwards: running hash at 0, `subjectKey`
    /// at 28, `commitment` at 60. Bytes of the new hash beyond the 28th are overwritten by the next `subjectKey`; those
    /// of the last hash are in `extended`, and the caller cuts them off.
    function _emitAndHash(bytes28 streamHash, bytes calldata entries) private returns (bytes32 extended) {
        bytes32 topic = EntryAppended.selector;
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            mstore(scratch, streamHash)
            let end := add(entries.offset, entries.length)
            for { let entry := entries.offset } lt(entry, end) { entry := add(entry, 64) } {
                calldatacopy(add(scratch, 28), entry, 64)
                log3(add(scratch, 60), 32, topic, calldataload(entry), caller())
                mstore(scratch, keccak256(scratch, 92))
            }
            extended := mload(scratch)
        }
    }
}
