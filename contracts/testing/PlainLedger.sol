// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The stream rules of the payment ledger in the plainest Solidity: no assembly, no packing. Tests compare the real
/// contract with it.
contract PlainLedger {
    struct Stream {
        bytes28 streamHash;
        uint256 count;
    }

    event EntryAppended(bytes32 indexed subjectKey, address indexed writer, bytes32 commitment);

    mapping(address writer => Stream stream) private _streams;

    function append(address writer, bytes calldata entries) external {
        Stream storage stream = _streams[writer];
        for (uint256 offset = 0; offset < entries.length; offset += 64) {
            bytes32 subjectKey = bytes32(entries[offset:offset + 32]);
            bytes32 commitment = bytes32(entries[offset + 32:offset + 64]);
            emit EntryAppended(subjectKey, writer, commitment);
            stream.streamHash = bytes28(keccak256(abi.encodePacked(stream.streamHash, subjectKey, commitment)));
            stream.count += 1;
        }
    }

    function streamHead(address writer) external view returns (bytes28 streamHash, uint256 count) {
        Stream storage stream = _streams[writer];
        return (stream.streamHash, stream.count);
    }
}
