// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IReceiveWithAuthorization
/// @notice The one function of EIP-3009 that a contract may safely build on: only the recipient can run it, so that a
/// transfer cannot happen without the recipient's bookkeeping.
interface IReceiveWithAuthorization {
    /// @notice Moves `value` from `from` to the caller, who must be `to`, on the signature of `from`.
    /// @param nonce Unused 32 bytes of the signer's choice; consumed.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;
}
