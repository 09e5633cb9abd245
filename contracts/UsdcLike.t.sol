// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InstallmentPlan} from "./InstallmentPlan.sol";
import {IInstallmentPlan} from "./interfaces/IInstallmentPlan.sol";
import {UsdcLike, UsdcLikeProxy} from "./testing/UsdcLike.sol";
import {TestBase} from "./testing/Vm.sol";

/*
The token of the gas tables, behind its proxy, as the settlement contracts see it.

transfer, transferFrom
├── they move exactly what is asked and emit Transfer; an allowance is used up
├── given money or allowance lack                    -> they revert; nothing moves
└── given sender, spender or recipient is blocked    -> they revert; balances are told without the mark, and come back whole
permit
├── it allows what the owner signed, once
└── when it has expired or is another's              -> it reverts
receiveWithAuthorization
├── it moves the value to the caller, once
├── given the caller is not the recipient, or the time is not between, or a party is blocked
│                                                    -> it reverts
└── when it is another's                             -> it reverts
proxy
├── it keeps its state apart from the implementation's
└── given the caller is its admin                    -> it reverts
a plan on it
└── it is pulled, and a blocked payer is no default
*/
contract UsdcLikeTest is TestBase {
    uint256 private constant OWNER_KEY = 0xA11CE;
    uint256 private constant OTHER_KEY = 0xB0B;
    uint40 private constant NOW = 1_900_000_000;
    uint256 private constant WEALTH = 1_000_000e6;

    address private immutable OWNER = vm.addr(OWNER_KEY);
    address private immutable OTHER = vm.addr(OTHER_KEY);
    address private immutable SPENDER = address(0x59E4D);

    UsdcLike private _implementation;
    UsdcLike private _token;

    function setUp() external {
        vm.warp(NOW);
        _implementation = new UsdcLike();
        _token = UsdcLike(address(new UsdcLikeProxy(address(_implementation))));
        _token.mint(OWNER, WEALTH);
    }

    // transfer, transferFrom

    function testFuzz_Transfer_MovesExactlyWhatIsAsked(uint256 amount, uint256 allowed) external {
        amount = bound(amount, 0, WEALTH);
        vm.recordLogs();
        vm.prank(OWNER);
        assertTrue("answer", _token.transfer(OTHER, amount));
        assertEqual("event", vm.getRecordedLogs()[0].topics[0], UsdcLike.Transfer.selector);
        _assertBalances(WEALTH - amount, amount);

        allowed = bound(allowed, amount, type(uint256).max - 1);
        vm.prank(OTHER);
        _token.approve(SPENDER, allowed);
        vm.prank(SPENDER);
        assertTrue("answer", _token.transferFrom(OTHER, OWNER, amount));
        _assertBalances(WEALTH, 0);
        assertEqual("used up", _token.allowance(OTHER, SPENDER), allowed - amount);
    }

    function testFuzz_Transfer_RevertGiven_MoneyOrAllowanceLack(uint256 amount, uint256 allowed) external {
        amount = bound(amount, WEALTH + 1, type(uint256).max - 1);
        bytes memory expected = abi.encodeWithSignature("Error(string)", "ERC20: transfer amount exceeds balance");
        assertReverts(OWNER, address(_token), abi.encodeCall(_token.transfer, (OTHER, amount)), expected);
        allowed = bound(allowed, 0, WEALTH - 1);
        vm.prank(OWNER);
        _token.approve(SPENDER, allowed);
        expected = abi.encodeWithSignature("Error(string)", "ERC20: transfer amount exceeds allowance");
        bytes memory call = abi.encodeCall(_token.transferFrom, (OWNER, OTHER, allowed + 1));
        assertReverts(SPENDER, address(_token), call, expected);
        _assertBalances(WEALTH, 0);
    }

    function testFuzz_Transfer_RevertGiven_APartyIsBlocked(uint256 amount, uint8 who) external {
        amount = bound(amount, 0, WEALTH);
        vm.prank(OWNER);
        _token.approve(SPENDER, WEALTH);
        address unlucky = [OWNER, OTHER, SPENDER][who % 3];
        _token.setBlocked(unlucky, true);
        bytes memory expected = abi.encodeWithSignature("Error(string)", "Blacklistable: account is blacklisted");
        bytes memory call = abi.encodeCall(_token.transferFrom, (OWNER, OTHER, amount));
        assertReverts(SPENDER, address(_token), call, expected);
        if (unlucky != SPENDER) {
            assertReverts(OWNER, address(_token), abi.encodeCall(_token.transfer, (OTHER, amount)), expected);
        }
        _assertBalances(WEALTH, 0);
        _token.setBlocked(unlucky, false);
        vm.prank(SPENDER);
        _token.transferFrom(OWNER, OTHER, amount);
        _assertBalances(WEALTH - amount, amount);
    }

    // permit

    function testFuzz_Permit_AllowsWhatTheOwnerSigned_Once(uint256 value, uint256 deadline) external {
        deadline = bound(deadline, NOW, type(uint256).max - 1);
        bytes memory call = _permitCall(OWNER_KEY, value, deadline);
        _assertAccepted(OTHER, call);
        assertEqual("allowed", _token.allowance(OWNER, SPENDER), value);
        _assertRefused(OTHER, call, "EIP2612: invalid signature");
    }

    function testFuzz_Permit_RevertWhen_ItHasExpiredOrIsAnothers(uint256 value, uint40 late) external {
        bytes memory call = _permitCall(OWNER_KEY, value, NOW);
        vm.warp(bound(late, uint256(NOW) + 1, type(uint40).max));
        _assertRefused(OTHER, call, "FiatTokenV2: permit is expired");
        vm.warp(NOW);
        _assertRefused(OTHER, _permitCall(OTHER_KEY, value, NOW), "EIP2612: invalid signature");
        assertEqual("allowed", _token.allowance(OWNER, SPENDER), 0);
    }

    // receiveWithAuthorization

    function testFuzz_Receive_MovesTheValueOnce(uint256 value, bytes32 nonce) external {
        value = bound(value, 0, WEALTH);
        bytes memory call = _receiveCall(OWNER_KEY, value, nonce);
        _assertAccepted(OTHER, call);
        _assertBalances(WEALTH - value, value);
        _assertRefused(OTHER, call, "FiatTokenV2: authorization is used or canceled");
        _assertBalances(WEALTH - value, value);
    }

    function testFuzz_Receive_RevertGiven_ItDoesNotHold(uint256 value, bytes32 nonce, uint256 time) external {
        value = bound(value, 0, WEALTH);
        bytes memory call = _receiveCall(OWNER_KEY, value, nonce);
        _assertRefused(SPENDER, call, "FiatTokenV2: caller must be the payee");
        uint256[4] memory times = [
            bound(time, 0, NOW - 10),
            NOW - 10,
            NOW + 10,
            bound(time, NOW + 10, type(uint40).max)
        ];
        for (uint256 i = 0; i < 4; ++i) {
            vm.warp(times[i]);
            _assertRefused(OTHER, call, "FiatTokenV2: time");
        }
        vm.warp(NOW);
        address unlucky = time % 2 == 0 ? OWNER : OTHER;
        _token.setBlocked(unlucky, true);
        _assertRefused(OTHER, call, "Blacklistable: account is blacklisted");
        _token.setBlocked(unlucky, false);
        _assertRefused(OTHER, _receiveCall(OTHER_KEY, value, nonce), "FiatTokenV2: invalid signature");
        _assertAccepted(OTHER, call);
        _assertBalances(WEALTH - value, value);
    }

    // proxy

    function test_Proxy_KeepsItsStateApart() external view {
        assertEqual("implementation", _implementation.balanceOf(OWNER), 0);
        assertEqual("proxy", _token.balanceOf(OWNER), WEALTH);
        assertTrue("domains", _implementation.DOMAIN_SEPARATOR() != _token.DOMAIN_SEPARATOR());
    }

    function test_Proxy_RevertGiven_CallerIsItsAdmin() external {
        assertReverts(address(1), address(_token), abi.encodeCall(_token.balanceOf, (OWNER)), "");
    }

    // a plan on it

    function testFuzz_Plan_IsPulled_AndABlockedPayerIsNoDefault(uint96 each, bool isPayer) external {
        InstallmentPlan plan = new InstallmentPlan(address(_token));
        IInstallmentPlan.Terms memory terms = _terms(uint96(bound(each, 1, WEALTH / 2)));
        bytes32 id = plan.termsId(terms);
        vm.prank(OWNER);
        _token.approve(address(plan), WEALTH);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OTHER_KEY, id);
        vm.prank(OWNER);
        plan.agree(terms, abi.encodePacked(r, s, v));
        plan.pull(terms, 1);
        _assertBalances(WEALTH - terms.each, terms.each);

        vm.warp(uint256(NOW) + 2 * 30 days + 5 days);
        _token.setBlocked(isPayer ? OWNER : OTHER, true);
        bytes memory expected = abi.encodeWithSelector(
            IInstallmentPlan.InstallmentPlan_TokenFailing.selector,
            id,
            terms.each
        );
        assertReverts(SPENDER, address(plan), abi.encodeCall(plan.markDefault, (terms)), expected);
        vm.prank(OWNER);
        _token.approve(address(plan), 0);
        assertReverts(SPENDER, address(plan), abi.encodeCall(plan.markDefault, (terms)), expected);
        _token.setBlocked(isPayer ? OWNER : OTHER, false);
        assertTrue("default", plan.markDefault(terms));
    }

    // What the tests share.

    function _terms(uint96 each) private view returns (IInstallmentPlan.Terms memory terms) {
        (terms.payer, terms.payee) = (OWNER, OTHER);
        (terms.each, terms.last, terms.count) = (each, 1, 3);
        (terms.start, terms.period, terms.grace) = (NOW, 30 days, 5 days);
        (terms.offerExpires, terms.settlementKey) = (NOW, keccak256("settlement key"));
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _token.DOMAIN_SEPARATOR(), structHash));
    }

    function _permitCall(uint256 key, uint256 value, uint256 deadline) private view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(_token.PERMIT_TYPEHASH(), OWNER, SPENDER, value, _token.nonces(OWNER), deadline)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(structHash));
        return abi.encodeCall(_token.permit, (OWNER, SPENDER, value, deadline, v, r, s));
    }

    function _receiveCall(uint256 key, uint256 value, bytes32 nonce) private view returns (bytes memory) {
        bytes memory paper = abi.encode(OWNER, OTHER, value, uint256(NOW) - 10, uint256(NOW) + 10, nonce);
        bytes32 typeHash = _token.RECEIVE_WITH_AUTHORIZATION_TYPEHASH();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(keccak256(abi.encodePacked(typeHash, paper))));
        bytes memory signature = abi.encode(v, r, s);
        return abi.encodePacked(_token.receiveWithAuthorization.selector, paper, signature);
    }

    function _assertAccepted(address caller, bytes memory call) private {
        vm.prank(caller);
        (bool success, ) = address(_token).call(call);
        assertTrue("accepted", success);
    }

    function _assertRefused(address caller, bytes memory call, string memory words) private {
        assertReverts(caller, address(_token), call, abi.encodeWithSignature("Error(string)", words));
    }

    function _assertBalances(uint256 owner, uint256 other) private view {
        assertEqual("owner", _token.balanceOf(OWNER), owner);
        assertEqual("other", _token.balanceOf(OTHER), other);
    }
}
