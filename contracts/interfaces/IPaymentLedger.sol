// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IPaymentLedger
/// @notice An append-only log of commitments to events about debts. It holds no amounts, no names and no money.
///
/// Each writer owns one *stream*. A stream's head is one storage slot: the first 224 bits of a running hash over all
/// its entries, and the number of entries. The log is the events; the head is what makes leaving out, changing or
/// reordering any of them visible to anyone who replays the events and reads the slot.
///
/// An entry is 64 bytes: `subjectKey` (32 bytes), then `commitment` (32 bytes). Both are salted hashes made outside the
/// chain, as `docs/ledger-format.md` defines them byte for byte. For every entry, in order:
///
///     hash' = first 28 bytes of keccak256(hash (28 bytes) || subjectKey (32 bytes) || commitment (32 bytes))
///
/// starting from 28 zero bytes, so the head does not depend on how entries were grouped into batches.
interface IPaymentLedger {
    /// @notice One entry was added to the stream of `writer`. Its position in the stream is its position among this
    /// writer's events in log order, starting at 0.
    /// @param subjectKey Salted key of what the entry is about: an invoice, a customer account or the supplier.
    /// @param writer Account whose stream it belongs to.
    /// @param commitment Salted hash of the event's canonical form.
    event EntryAppended(bytes32 indexed subjectKey, address indexed writer, bytes32 commitment);

    /// @notice The bytes of a batch are not a whole, positive number of entries.
    /// @param length Bytes that were given.
    /// @param entrySize Bytes that one entry takes.
    error PaymentLedger_LengthInvalid(uint256 length, uint256 entrySize);

    /// @notice The caller's stream is not where the caller believes it to be: the batch was sent before, or out of turn.
    /// @param expectedCount Entries that the caller expected in its stream.
    /// @param count Entries that are in it.
    error PaymentLedger_CountMismatch(uint32 expectedCount, uint32 count);

    /// @notice The batch would take the stream past the largest count that its slot can hold.
    /// @param countAfter Entries that the stream would hold.
    /// @param countLimit Entries that it can hold.
    error PaymentLedger_StreamFull(uint256 countAfter, uint256 countLimit);

    /// @notice Appends entries to the stream of the caller. All of them are appended, or none.
    /// @dev Emits one {EntryAppended} for each entry, in order.
    ///
    /// Requirements:
    /// - the caller holds {WRITER_ROLE}
    /// - `entries` is a positive multiple of 64 bytes
    /// - `expectedCount` equals the number of entries in the caller's stream, so a batch sent twice is refused
    /// - the stream holds at most 2^32 - 1 entries afterwards
    /// @param expectedCount Entries in the caller's stream before this batch.
    /// @param entries The entries one after another: `subjectKey`, `commitment`, `subjectKey`, `commitment`, ...
    function append(uint32 expectedCount, bytes calldata entries) external;

    /// @notice The head of a writer's stream. It is never lost: a writer whose role was taken away keeps its stream.
    /// @param writer Account that owns the stream.
    /// @return streamHash Running hash of all entries, truncated to its first 28 bytes; zero for an empty stream.
    /// @return count Number of entries.
    function streamHead(address writer) external view returns (bytes28 streamHash, uint32 count);

    /// @notice The role that may append to a stream of its own. Granted and taken away by the default admin, who has no
    /// other power: no account can change, remove or add an entry of another's stream.
    function WRITER_ROLE() external view returns (bytes32 role);
}
