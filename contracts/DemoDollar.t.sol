// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {TestBase} from "./testing/Vm.sol";
import {DemoDollar} from "./tokens/DemoDollar.sol";

/*
tap
├── when it is more than the limit                -> it reverts with TapLimit
└── it gives the caller as much as it asks for
receiveWithAuthorization
├── given the caller is not the recipient         -> it reverts with CallerInvalid
├── when it is too early or too late              -> it reverts with TimeInvalid; both ends are excluded
├── when anything but what was signed is brought  -> it reverts with SignatureInvalid
├── when the signature is malleated               -> it reverts with ECDSAInvalidSignatureS
├── when it was signed for another token or chain -> it reverts with SignatureInvalid
├── given it was used or cancelled                -> it reverts with AuthorizationUsed
├── given the money lacks                         -> it reverts, and the nonce stays unused
└── it moves the value, tells the nonce, and uses it up
cancelAuthorization
├── when the account did not sign it              -> it reverts with SignatureInvalid
├── given it was used or cancelled                -> it reverts with AuthorizationUsed
└── it uses the nonce up and moves nothing
permit
├── when it has expired, or is another's          -> it reverts, from the second after
└── it allows what was signed, once
decimals
└── they are six
*/
contract DemoDollarTest is TestBase {
    uint256 private constant KEY = 0xA11CE;
    uint40 private constant NOW = 1_900_000_000;
    uint256 private constant VALID_AFTER = NOW - 10;
    uint256 private constant VALID_BEFORE = NOW + 10;
    uint256 private constant VALUE = 12_500_000;
    bytes32 private constant NONCE = keccak256("nonce");

    address private immutable ACCOUNT = vm.addr(KEY);
    address private immutable RECIPIENT = address(0x2EC1);
    DemoDollar private _token;

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    function setUp() external {
        vm.warp(NOW);
        _token = new DemoDollar();
        vm.prank(ACCOUNT);
        _token.tap(VALUE);
    }

    // tap

    function testFuzz_Tap_RevertWhen_ItIsMoreThanTheLimit(uint256 amount) external {
        uint256 limit = _token.TAP_LIMIT();
        amount = bound(amount, limit + 1, type(uint256).max - 1);
        bytes memory expected = abi.encodeWithSelector(DemoDollar.DemoDollar_TapLimit.selector, amount, limit);
        assertReverts(RECIPIENT, address(_token), abi.encodeCall(_token.tap, (amount)), expected);
        vm.prank(RECIPIENT);
        _token.tap(limit);
    }

    function testFuzz_Tap_GivesTheCaller(uint256 amount) external {
        amount = bound(amount, 0, _token.TAP_LIMIT());
        vm.prank(RECIPIENT);
        _token.tap(amount);
        assertEqual("balance", _token.balanceOf(RECIPIENT), amount);
        assertEqual("supply", _token.totalSupply(), VALUE + amount);
    }

    // receiveWithAuthorization

    function testFuzz_Receive_RevertGiven_CallerIsNotTheRecipient(address caller) external {
        vm.assume(caller != RECIPIENT);
        bytes memory expected = abi.encodeWithSelector(DemoDollar.DemoDollar_CallerInvalid.selector, caller, RECIPIENT);
        assertReverts(caller, address(_token), _receiveCall(VALUE, NONCE, _signReceive()), expected);
    }

    function testFuzz_Receive_RevertWhen_TooEarlyOrTooLate(uint40 time, bool isEarly) external {
        uint256 wrong = isEarly ? bound(time, 1, VALID_AFTER) : bound(time, VALID_BEFORE, type(uint40).max);
        vm.warp(wrong);
        bytes memory call_ = _receiveCall(VALUE, NONCE, _signReceive());
        bytes memory expected = abi.encodeWithSelector(
            DemoDollar.DemoDollar_TimeInvalid.selector,
            wrong,
            VALID_AFTER,
            VALID_BEFORE
        );
        assertReverts(RECIPIENT, address(_token), call_, expected);
        vm.warp(isEarly ? VALID_AFTER + 1 : VALID_BEFORE - 1);
        _succeeds(call_);
    }

    function testFuzz_Receive_RevertWhen_AnythingElseIsBrought(uint256 value, bytes32 nonce, uint256 key) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(value != VALUE && nonce != NONCE && key != KEY);
        Signature memory signature = _signReceive();
        _assertNotSigned(_receiveCall(value, NONCE, signature));
        _assertNotSigned(_receiveCall(VALUE, nonce, signature));
        _assertNotSigned(_receiveCall(VALUE, NONCE, _sign(key, _receiveHash())));
        _succeeds(_receiveCall(VALUE, NONCE, signature));
    }

    function testFuzz_Receive_RevertWhen_AFieldIsAnother(uint256 field, uint16 change) external {
        bytes memory call_ = _receiveCall(VALUE, NONCE, _signReceive());
        // The six fields are the first words after the selector. The times move by a second, so that they still hold.
        uint256 index = field % 6;
        uint256 mask = index == 3 || index == 4 ? 1 : uint256(change) + 1;
        assembly {
            let at := add(add(call_, 36), mul(index, 32))
            mstore(at, xor(mload(at), mask))
        }
        vm.prank(index == 1 ? address(uint160(RECIPIENT) ^ uint160(mask)) : RECIPIENT);
        (bool success, bytes memory answer) = address(_token).call(call_);
        assertTrue("refused", !success);
        assertEqual("by", bytes32(bytes4(answer)), bytes32(DemoDollar.DemoDollar_SignatureInvalid.selector));
    }

    function test_Receive_RevertWhen_TheSignatureIsMalleated() external {
        Signature memory signature = _signReceive();
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        signature.s = bytes32(order - uint256(signature.s));
        signature.v = signature.v == 27 ? 28 : 27;
        bytes memory expected = abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, signature.s);
        assertReverts(RECIPIENT, address(_token), _receiveCall(VALUE, NONCE, signature), expected);
    }

    function test_Receive_RevertWhen_SignedForAnotherTokenOrChain() external {
        Signature memory here = _signReceive();
        DemoDollar token = _token;
        _token = new DemoDollar();
        _assertNotSigned(_receiveCall(VALUE, NONCE, here));
        _token = token;
        vm.chainId(block.chainid + 1);
        _assertNotSigned(_receiveCall(VALUE, NONCE, here));
        _assertNotSigned(_cancelCall(NONCE, here));
    }

    function test_Receive_RevertGiven_ItWasUsedOrCancelled() external {
        Signature memory signature = _signReceive();
        bytes memory expected = abi.encodeWithSelector(
            DemoDollar.DemoDollar_AuthorizationUsed.selector,
            ACCOUNT,
            NONCE
        );
        uint256 snapshot = vm.snapshotState();
        _succeeds(_receiveCall(VALUE, NONCE, signature));
        // Money is there again: what stops the second time is the nonce.
        vm.prank(ACCOUNT);
        _token.tap(VALUE);
        assertReverts(RECIPIENT, address(_token), _receiveCall(VALUE, NONCE, signature), expected);
        vm.revertToState(snapshot);
        _cancel(NONCE);
        assertReverts(RECIPIENT, address(_token), _receiveCall(VALUE, NONCE, signature), expected);
    }

    function test_Receive_RevertGiven_TheMoneyLacks() external {
        vm.prank(ACCOUNT);
        _token.transfer(address(1), 1);
        vm.prank(RECIPIENT);
        (bool success, ) = address(_token).call(_receiveCall(VALUE, NONCE, _signReceive()));
        assertTrue("refused", !success);
        assertTrue("unused", !_token.authorizationState(ACCOUNT, NONCE));
    }

    function test_Receive_MovesTheValueAndUsesTheNonce() external {
        assertTrue("unused", !_token.authorizationState(ACCOUNT, NONCE));
        bytes memory call_ = _receiveCall(VALUE, NONCE, _signReceive());
        vm.recordLogs();
        _succeeds(call_);
        bytes32[] memory topics = vm.getRecordedLogs()[0].topics;
        assertEqual("event", topics[0], DemoDollar.AuthorizationUsed.selector);
        assertEqual("account", topics[1], bytes32(uint256(uint160(ACCOUNT))));
        assertEqual("nonce", topics[2], NONCE);
        assertEqual("received", _token.balanceOf(RECIPIENT), VALUE);
        assertEqual("left", _token.balanceOf(ACCOUNT), 0);
        assertTrue("used", _token.authorizationState(ACCOUNT, NONCE));
        assertTrue("of this account only", !_token.authorizationState(RECIPIENT, NONCE));
    }

    // cancelAuthorization

    function testFuzz_Cancel_RevertWhen_TheAccountDidNotSign(uint256 key) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != KEY);
        _assertNotSigned(_cancelCall(NONCE, _sign(key, _cancelHash(NONCE))));
        // A signature for a transfer cancels nothing.
        _assertNotSigned(_cancelCall(NONCE, _signReceive()));
    }

    function test_Cancel_RevertGiven_ItWasUsedOrCancelled() external {
        bytes memory expected = abi.encodeWithSelector(
            DemoDollar.DemoDollar_AuthorizationUsed.selector,
            ACCOUNT,
            NONCE
        );
        _cancel(NONCE);
        bytes memory call_ = _cancelCall(NONCE, _sign(KEY, _cancelHash(NONCE)));
        assertReverts(RECIPIENT, address(_token), call_, expected);
    }

    function testFuzz_Cancel_UsesTheNonceAndMovesNothing(bytes32 nonce) external {
        vm.recordLogs();
        _cancel(nonce);
        bytes32[] memory topics = vm.getRecordedLogs()[0].topics;
        assertEqual("event", topics[0], DemoDollar.AuthorizationCanceled.selector);
        assertEqual("nonce", topics[2], nonce);
        assertTrue("used", _token.authorizationState(ACCOUNT, nonce));
        assertEqual("balance", _token.balanceOf(ACCOUNT), VALUE);
    }

    // permit, decimals

    function testFuzz_Permit_RevertWhen_ItHasExpiredOrIsAnothers(uint256 amount, uint40 late, uint256 key) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != KEY);
        bytes memory expected = abi.encodeWithSignature("ERC2612ExpiredSignature(uint256)", uint256(NOW));
        vm.warp(bound(late, uint256(NOW) + 1, type(uint40).max));
        assertReverts(RECIPIENT, address(_token), _permitCall(KEY, amount), expected);
        vm.warp(NOW);
        expected = abi.encodeWithSignature("ERC2612InvalidSigner(address,address)", vm.addr(key), ACCOUNT);
        assertReverts(RECIPIENT, address(_token), _permitCall(key, amount), expected);
        assertEqual("allowance", _token.allowance(ACCOUNT, RECIPIENT), 0);
    }

    function testFuzz_Permit_SetsTheAllowanceOnce(uint256 amount) external {
        bytes memory call_ = _permitCall(KEY, amount);
        _succeeds(call_);
        assertEqual("allowance", _token.allowance(ACCOUNT, RECIPIENT), amount);
        vm.prank(RECIPIENT);
        (bool success, ) = address(_token).call(call_);
        assertTrue("not again", !success);
    }

    function test_Decimals_AreSix() external view {
        assertEqual("decimals", _token.decimals(), 6);
    }

    // Helpers of these tests

    function _succeeds(bytes memory call_) private {
        vm.prank(RECIPIENT);
        (bool success, ) = address(_token).call(call_);
        assertTrue("succeeds", success);
    }

    function _assertNotSigned(bytes memory call_) private {
        vm.prank(RECIPIENT);
        (bool success, bytes memory answer) = address(_token).call(call_);
        assertTrue("refused", !success);
        assertEqual("by", bytes32(bytes4(answer)), bytes32(DemoDollar.DemoDollar_SignatureInvalid.selector));
    }

    function _cancel(bytes32 nonce) private {
        Signature memory signature = _sign(KEY, _cancelHash(nonce));
        _token.cancelAuthorization(ACCOUNT, nonce, signature.v, signature.r, signature.s);
    }

    function _signReceive() private view returns (Signature memory) {
        return _sign(KEY, _receiveHash());
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (Signature memory signature) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _token.DOMAIN_SEPARATOR(), structHash));
        (signature.v, signature.r, signature.s) = vm.sign(key, digest);
    }

    function _receiveHash() private pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
            "bytes32 nonce)"
        );
        return
            keccak256(
                abi.encode(typeHash, vm.addr(KEY), address(0x2EC1), VALUE, VALID_AFTER, VALID_BEFORE, NONCE)
            );
    }

    function _cancelHash(bytes32 nonce) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(keccak256("CancelAuthorization(address authorizer,bytes32 nonce)"), vm.addr(KEY), nonce)
            );
    }

    /// @dev A permit that holds to the second {NOW}.
    function _permitCall(uint256 key, uint256 amount) private view returns (bytes memory) {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                ACCOUNT,
                RECIPIENT,
                amount,
                _token.nonces(ACCOUNT),
                NOW
            )
        );
        Signature memory signature = _sign(key, hash);
        return
            abi.encodeCall(
                _token.permit,
                (ACCOUNT, RECIPIENT, amount, NOW, signature.v, signature.r, signature.s)
            );
    }

    function _receiveCall(
        uint256 value,
        bytes32 nonce,
        Signature memory signature
    ) private view returns (bytes memory) {
        return
            abi.encodeCall(
                _token.receiveWithAuthorization,
                (
                    ACCOUNT,
                    RECIPIENT,
                    value,
                    VALID_AFTER,
                    VALID_BEFORE,
                    nonce,
                    signature.v,
                    signature.r,
                    signature.s
                )
            );
    }

    function _cancelCall(bytes32 nonce, Signature memory signature) private view returns (bytes memory) {
        return
            abi.encodeCall(
                _token.cancelAuthorization,
                (ACCOUNT, nonce, signature.v, signature.r, signature.s)
            );
    }
}
