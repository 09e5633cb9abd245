// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IReceiveWithAuthorization} from "../interfaces/IReceiveWithAuthorization.sol";

/// @title DemoDollar
/// @notice A play stablecoin with six decimals for embedded chains: EIP-2612, the parts of EIP-3009 that the settlement
/// contracts and wallets use, and a tap that gives anyone play money. It has no value anywhere.
contract DemoDollar is ERC20Permit, IReceiveWithAuthorization {
    bytes32 public constant RECEIVE_WITH_AUTHORIZATION_TYPEHASH =
        keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
            "bytes32 nonce)"
        );
    bytes32 public constant CANCEL_AUTHORIZATION_TYPEHASH =
        keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
    /// @notice Most that one call of the tap gives: a million dollars.
    uint256 public constant TAP_LIMIT = 1_000_000e6;

    mapping(address authorizer => mapping(bytes32 nonce => bool used)) private _used;

    /// @notice An authorisation's nonce was used up by a transfer.
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
    /// @notice An authorisation's nonce was used up by its owner, without a transfer.
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

    /// @notice The tap gives less at once.
    error DemoDollar_TapLimit(uint256 amount, uint256 limit);
    /// @notice Only the recipient may run this authorisation.
    error DemoDollar_CallerInvalid(address caller, address to);
    /// @notice The authorisation does not hold at this time.
    error DemoDollar_TimeInvalid(uint256 now_, uint256 validAfter, uint256 validBefore);
    /// @notice The authorisation was used or cancelled.
    error DemoDollar_AuthorizationUsed(address authorizer, bytes32 nonce);
    /// @notice The signature is not the account's.
    error DemoDollar_SignatureInvalid(address signer, address account);

    constructor() ERC20("Demo Dollar", "DUSD") ERC20Permit("Demo Dollar") {}

    /// @notice Gives the caller play money.
    function tap(uint256 amount) external {
        if (amount > TAP_LIMIT) revert DemoDollar_TapLimit(amount, TAP_LIMIT);
        _mint(msg.sender, amount);
    }

    /// @inheritdoc IReceiveWithAuthorization
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
    ) external override {
        if (msg.sender != to) revert DemoDollar_CallerInvalid(msg.sender, to);
        if (block.timestamp <= validAfter || block.timestamp >= validBefore) {
            revert DemoDollar_TimeInvalid(block.timestamp, validAfter, validBefore);
        }
        bytes32 structHash = keccak256(
            abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
        );
        _useNonce(from, nonce, structHash, v, r, s);
        emit AuthorizationUsed(from, nonce);
        _transfer(from, to, value);
    }

    /// @notice Uses up a nonce without a transfer, on its owner's signature.
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external {
        bytes32 structHash = keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce));
        _useNonce(authorizer, nonce, structHash, v, r, s);
        emit AuthorizationCanceled(authorizer, nonce);
    }

    /// @notice Whether a nonce was used or cancelled.
    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool) {
        return _used[authorizer][nonce];
    }

    /// @notice Six, as the stablecoins that it stands for.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _useNonce(address account, bytes32 nonce, bytes32 structHash, uint8 v, bytes32 r, bytes32 s) private {
        if (_used[account][nonce]) revert DemoDollar_AuthorizationUsed(account, nonce);
        address signer = ECDSA.recover(_hashTypedDataV4(structHash), v, r, s);
        if (signer != account) revert DemoDollar_SignatureInvalid(signer, account);
        _used[account][nonce] = true;
    }
}
