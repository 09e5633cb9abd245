// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Refuses with Circle's own texts, and its proxy delegates from the fallback, because what they cost is what this is for.
// solhint-disable gas-custom-errors, reason-string, no-complex-fallback

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IReceiveWithAuthorization} from "../interfaces/IReceiveWithAuthorization.sol";

/// @notice What a token behind a proxy costs: as Circle's FiatTokenV2_2, it reads the proxy's admin and implementation,
/// a pause flag and block-list bits packed with the balances. A filler brings bare `transfer`, `transferFrom` and
/// `permit` to the gas measured there, 45,059, 53,292 and 93,762; a test holds all three within 1 %. For gas tables and
/// tests only.
contract UsdcLike is IReceiveWithAuthorization {
    uint256 private constant BLOCKED_BIT = 1 << 255;
    /// @dev Gas that the real token takes beyond this one, in each of its paths.
    uint256 private constant TRANSFER_FILLER = 1_010;
    uint256 private constant TRANSFER_FROM_FILLER = 1_100;
    /// @dev Of a signature: the real token asks a library of its own and computes its domain anew each time.
    uint256 private constant SIGNATURE_FILLER = 9_850;

    bytes32 public constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 public constant RECEIVE_WITH_AUTHORIZATION_TYPEHASH =
        keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
            "uint256 validBefore,bytes32 nonce)"
        );

    bool private _paused;
    mapping(address account => uint256 packed) private _balances;
    mapping(address owner => mapping(address spender => uint256 amount)) private _allowances;
    mapping(address owner => uint256 nonce) public nonces;
    mapping(address authorizer => mapping(bytes32 nonce => bool used)) private _used;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);

    modifier whenNotPaused() {
        require(!_paused, "Pausable: paused");
        _;
    }

    function mint(address to, uint256 amount) external {
        _balances[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function setBlocked(address account, bool isBlocked) external {
        uint256 balance = balanceOf(account);
        _balances[account] = isBlocked ? balance | BLOCKED_BIT : balance;
    }

    function approve(address spender, uint256 amount) external whenNotPaused returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external whenNotPaused returns (bool) {
        _requireFree(msg.sender);
        _requireFree(to);
        _move(msg.sender, to, amount);
        _fill(TRANSFER_FILLER);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external whenNotPaused returns (bool) {
        _requireFree(msg.sender);
        _requireFree(from);
        _requireFree(to);
        uint256 allowed = _allowances[from][msg.sender];
        require(amount <= allowed, "ERC20: transfer amount exceeds allowance");
        _move(from, to, amount);
        _allowances[from][msg.sender] = allowed - amount;
        _fill(TRANSFER_FROM_FILLER);
        return true;
    }

    function permit(
        address owner,
        address spender,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external whenNotPaused {
        require(block.timestamp <= deadline, "FiatTokenV2: permit is expired");
        bytes32 structHash = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, amount, nonces[owner]++, deadline));
        require(ECDSA.recover(_digest(structHash), v, r, s) == owner, "EIP2612: invalid signature");
        _fill(SIGNATURE_FILLER);
        _approve(owner, spender, amount);
    }

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
    ) external override whenNotPaused {
        _requireFree(from);
        _requireFree(to);
        require(to == msg.sender, "FiatTokenV2: caller must be the payee");
        require(block.timestamp > validAfter && block.timestamp < validBefore, "FiatTokenV2: time");
        require(!_used[from][nonce], "FiatTokenV2: authorization is used or canceled");
        bytes32 structHash = keccak256(
            abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
        );
        require(ECDSA.recover(_digest(structHash), v, r, s) == from, "FiatTokenV2: invalid signature");
        _used[from][nonce] = true;
        emit AuthorizationUsed(from, nonce);
        _move(from, to, value);
        _fill(TRANSFER_FILLER + SIGNATURE_FILLER);
    }

    function allowance(address owner, address spender) external view returns (uint256) {
        return _allowances[owner][spender];
    }

    function symbol() external pure returns (string memory) {
        return "USDC";
    }

    function decimals() external pure returns (uint8) {
        return 6;
    }

    function balanceOf(address account) public view returns (uint256) {
        return _balances[account] & ~BLOCKED_BIT;
    }

    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256("USD Coin"),
                    keccak256("2"),
                    block.chainid,
                    address(this)
                )
            );
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), structHash));
    }

    function _requireFree(address account) private view {
        require(_balances[account] & BLOCKED_BIT == 0, "Blacklistable: account is blacklisted");
    }

    function _approve(address owner, address spender, uint256 amount) private {
        _allowances[owner][spender] = amount;
        emit Approval(owner, spender, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        require(to != address(0), "ERC20: transfer to the zero address");
        require(amount <= balanceOf(from), "ERC20: transfer amount exceeds balance");
        _balances[from] -= amount;
        _balances[to] += amount;
        emit Transfer(from, to, amount);
    }

    /// @dev Burns `gas_`, give or take a round of the loop.
    function _fill(uint256 gas_) private view {
        uint256 end = gasleft() - gas_;
        while (gasleft() > end) {}
    }
}

/// @notice The proxy in front of {UsdcLike}: reads an admin and an implementation slot, then delegates.
contract UsdcLikeProxy {
    /// @dev Far from the implementation's storage.
    bytes32 private constant ADMIN_SLOT = keccak256("usdc-like.admin");
    bytes32 private constant IMPLEMENTATION_SLOT = keccak256("usdc-like.implementation");

    constructor(address implementation) {
        (bytes32 adminSlot, bytes32 implementationSlot) = (ADMIN_SLOT, IMPLEMENTATION_SLOT);
        assembly {
            sstore(adminSlot, 1)
            sstore(implementationSlot, implementation)
        }
    }

    fallback() external {
        (bytes32 adminSlot, bytes32 implementationSlot) = (ADMIN_SLOT, IMPLEMENTATION_SLOT);
        assembly {
            if eq(caller(), sload(adminSlot)) {
                revert(0, 0)
            }
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), sload(implementationSlot), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(success) {
                revert(0, returndatasize())
            }
            return(0, returndatasize())
        }
    }
}
