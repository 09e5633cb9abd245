// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InstallmentPlan} from "./InstallmentPlan.sol";
import {IInstallmentPlan} from "./interfaces/IInstallmentPlan.sol";
import {PlanTest} from "./testing/PlanBase.sol";
import {SmartAccount} from "./testing/SmartAccount.sol";
import {Vm} from "./testing/Vm.sol";

/*
constructor
├── when the token has no code                       -> it reverts with TokenWithoutCode
└── it keeps the token
termsId
├── it is the EIP-712 digest, as built from the type string in plain Solidity
└── it differs when any field, the chain or the contract differs
agree
├── given the caller is not the payer                -> it reverts with CallerInvalid
├── given the terms were agreed, in any later state  -> it reverts with StatusInvalid
├── given the offer was cancelled                    -> it reverts with StatusInvalid
├── when a party is zero, twice, or the contract     -> it reverts with PartiesInvalid
├── when nothing is to pay, in all or in a part      -> it reverts with AmountsInvalid
├── when period or grace is outside its bounds       -> it reverts with DurationInvalid
├── when the offer has expired                       -> it reverts with OfferExpired, from the second after
├── when the first grace is over                     -> it reverts with OfferExpired, from the second after
├── when the signature is not the payee's            -> it reverts with SignatureInvalid
├── when the signature is malleated                  -> it reverts with SignatureInvalid
├── when the payee is a contract                     -> its ERC-1271 answer decides
├── when the payee's account has both key and code   -> its key signs
├── when a field has bits beyond its type            -> it reverts, although the payee signed
└── when all is well                                 -> the plan is active, PlanAgreed carries all terms, nothing moves
agreeSigned
├── when either signature is not its party's         -> it reverts with SignatureInvalid, which names the party
├── when a signature is for another chain, contract or wallet of the same owner
│                                                    -> it reverts with SignatureInvalid
├── when it is brought again                         -> it reverts with StatusInvalid
├── when the offer has expired or is not valid       -> it reverts as agree does
├── when payer and payee are contracts               -> their ERC-1271 answers decide
└── when all is well, by anyone                      -> as agree
cancelOffer
├── given the caller is neither payer nor payee      -> it reverts with CallerInvalid
├── given the terms were agreed or cancelled         -> it reverts with StatusInvalid
└── it emits PlanOfferCancelled; the offer can never be agreed, and the contract claims nothing about it
*/
contract InstallmentPlanAgreementTest is PlanTest {
    // constructor

    function test_Constructor_RevertWhen_TokenHasNoCode() external {
        address codeless = address(0x70CE2);
        vm.expectRevert(
            abi.encodeWithSelector(IInstallmentPlan.InstallmentPlan_TokenWithoutCode.selector, codeless)
        );
        new InstallmentPlan(codeless);
    }

    function test_Constructor_KeepsTheToken() external view {
        assertEqual("token", plan.token(), address(token));
    }

    // termsId

    function testFuzz_TermsId_IsTheEip712Digest(IInstallmentPlan.Terms calldata terms) external view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Quittance InstallmentPlan"),
                keccak256("1"),
                block.chainid,
                address(plan)
            )
        );
        bytes32 typeHash = keccak256(
            "Terms(address payer,address payee,uint96 each,uint96 last,uint40 start,uint32 period,uint16 count,"
            "uint32 grace,uint40 offerExpires,bytes32 settlementKey)"
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, keccak256(abi.encode(typeHash, terms))));
        assertEqual("digest", plan.termsId(terms), digest);
    }

    function testFuzz_TermsId_DiffersWithAnyField(uint256 field, uint16 change) external view {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        // Each field of the struct is one word in memory; the change stays within the narrowest type.
        uint256 index = field % 10;
        uint256 mask = change == 0 ? 1 : change;
        assembly {
            let at := add(terms, mul(index, 32))
            mstore(at, xor(mload(at), mask))
        }
        assertTrue("another id", plan.termsId(terms) != id);
    }

    function test_TermsId_DiffersWithContractAndChain() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        assertTrue("contract", new InstallmentPlan(address(token)).termsId(terms) != id);
        vm.chainId(block.chainid + 1);
        assertTrue("chain", plan.termsId(terms) != id);
    }

    // agree: refusals

    function testFuzz_Agree_RevertGiven_CallerIsNotThePayer(address caller) external {
        vm.assume(caller != PAYER);
        _assertAgreeReverts(caller, plainTerms(), callerInvalid(caller));
    }

    function test_Agree_RevertGiven_TheTermsWereAgreed() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.offerExpires = type(uint40).max;
        bytes32 id = agree(terms);
        _assertAgreeReverts(PAYER, terms, statusInvalid(id, IInstallmentPlan.Status.Active));

        uint256 active = vm.snapshotState();
        makeDefault(terms);
        _assertAgreeReverts(PAYER, terms, statusInvalid(id, IInstallmentPlan.Status.Defaulted));
        vm.revertToState(active);
        payEarly(terms, 0, COUNT);
        _assertAgreeReverts(PAYER, terms, statusInvalid(id, IInstallmentPlan.Status.Done));
        vm.revertToState(active);
        cancelBy(PAYEE, terms);
        _assertAgreeReverts(PAYER, terms, statusInvalid(id, IInstallmentPlan.Status.Cancelled));
    }

    function test_Agree_RevertWhen_PartiesAreInvalid() external {
        _assertPartiesRevert(address(0), PAYEE);
        _assertPartiesRevert(PAYER, address(0));
        _assertPartiesRevert(PAYER, PAYER);
        _assertPartiesRevert(PAYER, address(plan));
        _assertPartiesRevert(address(plan), PAYEE);
    }

    function testFuzz_Agree_RevertWhen_NothingIsToPay(uint16 count, uint96 each, uint96 last) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        (terms.count, terms.each, terms.last) = (0, each, last);
        _assertAgreeReverts(PAYER, terms, _amountsInvalid(terms));
        (terms.count, terms.each, terms.last) = (count == 0 ? 1 : count, each, 0);
        _assertAgreeReverts(PAYER, terms, _amountsInvalid(terms));
        (terms.count, terms.each, terms.last) = (count < 2 ? 2 : count, 0, last == 0 ? 1 : last);
        _assertAgreeReverts(PAYER, terms, _amountsInvalid(terms));
    }

    function testFuzz_Agree_WhenOneInstalmentIsAll_TheOthersAmountDoesNotMatter(uint96 each, uint96 last) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        (terms.count, terms.each, terms.last) = (1, each, uint96(bound(last, 1, WEALTH)));
        agree(terms);
        payEarly(terms, 0, 1);
        assertState(terms, IInstallmentPlan.Status.Done, 1);
        assertMoved(terms.last);
    }

    function testFuzz_Agree_RevertWhen_ADurationIsOutOfBounds(uint32 duration) external {
        vm.assume(duration < 1 days || duration > 366 days);
        _assertDurationsRevert(duration);
    }

    function test_Agree_RevertWhen_ADurationIsASecondOutOfBounds() external {
        _assertDurationsRevert(1 days - 1);
        _assertDurationsRevert(366 days + 1);
        IInstallmentPlan.Terms memory terms = plainTerms();
        (terms.period, terms.grace) = (1 days, 366 days);
        agree(terms);
        (terms.period, terms.grace) = (366 days, 1 days);
        agree(terms);
    }

    function testFuzz_Agree_RevertWhen_TheOfferHasExpired(uint40 expires, uint40 late) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.offerExpires = uint40(bound(expires, NOW, uint256(START) + GRACE - 1));
        uint256 time = bound(late, uint256(terms.offerExpires) + 1, type(uint40).max);
        vm.warp(time);
        _assertAgreeReverts(PAYER, terms, offerExpired(terms.offerExpires, time));
        vm.warp(uint256(terms.offerExpires) + 1);
        _assertAgreeReverts(PAYER, terms, offerExpired(terms.offerExpires, uint256(terms.offerExpires) + 1));
        vm.warp(terms.offerExpires);
        agree(terms);
    }

    function testFuzz_Agree_RevertWhen_TheFirstGraceIsOver(uint40 start, uint32 grace) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.start = start;
        terms.grace = uint32(bound(grace, 1 days, 366 days));
        terms.offerExpires = type(uint40).max;
        uint256 graceEnds = uint256(terms.start) + terms.grace;
        // Near the end of time the offer ends first.
        uint256 expires = graceEnds < terms.offerExpires ? graceEnds : terms.offerExpires;
        vm.warp(expires + 1);
        _assertAgreeReverts(PAYER, terms, offerExpired(expires, expires + 1));
        vm.warp(expires);
        agree(terms);
    }

    function testFuzz_Agree_RevertWhen_SignatureIsNotThePayees(uint256 key, uint8 cut) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != PAYEE_KEY);
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        _assertAgreeReverts(PAYER, terms, signWith(key, id), signatureInvalid(id, PAYEE));
        _assertAgreeReverts(PAYER, terms, new bytes(cut), signatureInvalid(id, PAYEE));
    }

    function test_Agree_RevertWhen_SignatureIsMalleated() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYEE_KEY, id);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory twin = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _assertAgreeReverts(PAYER, terms, twin, signatureInvalid(id, PAYEE));
    }

    function test_Agree_WhenThePayeeIsAContract_ItsAnswerDecides() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.payee = address(new SmartAccount(PAYEE));
        bytes32 id = plan.termsId(terms);
        _assertAgreeReverts(PAYER, terms, signWith(PAYER_KEY, id), signatureInvalid(id, terms.payee));
        agree(terms);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
    }

    function test_Agree_WhenThePayeesAccountHasKeyAndCode() external {
        // As after EIP-7702: the code knows nothing of ERC-1271.
        vm.etch(PAYEE, address(token).code);
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        _assertAgreeReverts(PAYER, terms, signWith(PAYER_KEY, id), signatureInvalid(id, PAYEE));
        agree(terms);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
    }

    function testFuzz_Agree_RevertWhen_AFieldHasBitsBeyondItsType(uint256 field, uint256 bit) external {
        // Bits of each field's type, in order, but for the settlement key, which fills its word.
        uint8[9] memory widths = [160, 160, 96, 96, 40, 32, 16, 32, 40];
        uint256 index = field % 9;
        uint256 mask = 1 << bound(bit, widths[index], 255);
        IInstallmentPlan.Terms memory terms = plainTerms();
        (terms.count, terms.each) = (1, 0);
        bytes memory encoded = abi.encode(terms);
        assembly {
            let at := add(encoded, add(32, mul(index, 32)))
            mstore(at, or(mload(at), mask))
        }
        (, bytes memory id) = address(plan).call(abi.encodePacked(plan.termsId.selector, encoded));
        bytes memory signature = signWith(PAYEE_KEY, bytes32(id));
        // Offset, length and bytes of the signature, padded to whole words.
        bytes memory tail = abi.encodePacked(uint256(11 * 32), signature.length, signature, new bytes(31));
        assertReverts(PAYER, address(plan), abi.encodePacked(plan.agree.selector, encoded, tail), "");

        // Without those bits the same call is good.
        bytes32 cleanId = plan.termsId(terms);
        signature = signWith(PAYEE_KEY, cleanId);
        tail = abi.encodePacked(uint256(11 * 32), signature.length, signature, new bytes(31));
        vm.prank(PAYER);
        (bool success, ) = address(plan).call(
            abi.encodePacked(plan.agree.selector, abi.encode(terms), tail)
        );
        assertTrue("it is agreed", success);
    }

    // agree: effects

    function testFuzz_Agree_ThePlanIsActiveAndAllTermsAreTold(uint256 seed) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        vm.recordLogs();
        bytes32 id = agree(terms);
        _assertAgreedEvent(terms, id);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertMoved(0);
    }

    // agreeSigned

    function testFuzz_AgreeSigned_RevertWhen_ASignatureIsNotItsPartys(uint256 key, uint256 seed) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != PAYEE_KEY && key != PAYER_KEY);
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = plan.termsId(terms);
        bytes memory byPayer = signWith(PAYER_KEY, id);
        bytes memory byPayee = signWith(PAYEE_KEY, id);
        _assertAgreeSignedReverts(terms, signWith(key, id), byPayee, signatureInvalid(id, PAYER));
        _assertAgreeSignedReverts(terms, byPayer, signWith(key, id), signatureInvalid(id, PAYEE));
        _assertAgreeSignedReverts(terms, byPayee, byPayer, signatureInvalid(id, PAYER));
        _assertAgreeSignedReverts(terms, byPayer, byPayer, signatureInvalid(id, PAYEE));
        _assertAgreeSignedReverts(terms, "", byPayee, signatureInvalid(id, PAYER));
    }

    function test_AgreeSigned_RevertWhen_SignedForAnotherContractOrChain() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 here = plan.termsId(terms);
        bytes32 elsewhere = new InstallmentPlan(address(token)).termsId(terms);
        bytes memory byPayer = signWith(PAYER_KEY, elsewhere);
        bytes memory byPayee = signWith(PAYEE_KEY, here);
        _assertAgreeSignedReverts(terms, byPayer, byPayee, signatureInvalid(here, PAYER));

        byPayer = signWith(PAYER_KEY, here);
        vm.chainId(block.chainid + 1);
        _assertAgreeSignedReverts(terms, byPayer, byPayee, signatureInvalid(plan.termsId(terms), PAYER));
    }

    function test_AgreeSigned_RevertWhen_SignedForAnotherWalletOfTheOwner() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.payer = address(new SmartAccount(PAYER));
        bytes32 signedId = plan.termsId(terms);
        terms.payer = address(new SmartAccount(PAYER));
        bytes32 id = plan.termsId(terms);
        bytes memory byPayee = signWith(PAYEE_KEY, id);
        _assertAgreeSignedReverts(terms, signWith(PAYER_KEY, signedId), byPayee, signatureInvalid(id, terms.payer));
    }

    function test_AgreeSigned_RevertWhen_BroughtAgain() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = _agreeSigned(STRANGER, terms);
        bytes memory expected = statusInvalid(id, IInstallmentPlan.Status.Active);
        _assertAgreeSignedReverts(terms, signWith(PAYER_KEY, id), signWith(PAYEE_KEY, id), expected);
        cancelBy(PAYER, terms);
        expected = statusInvalid(id, IInstallmentPlan.Status.Cancelled);
        _assertAgreeSignedReverts(terms, signWith(PAYER_KEY, id), signWith(PAYEE_KEY, id), expected);
    }

    function testFuzz_AgreeSigned_RevertWhen_TheOfferHasExpiredOrIsNotValid(uint40 late) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.last = 0;
        bytes32 id = plan.termsId(terms);
        bytes memory expected = _amountsInvalid(terms);
        _assertAgreeSignedReverts(terms, signWith(PAYER_KEY, id), signWith(PAYEE_KEY, id), expected);

        terms = plainTerms();
        id = plan.termsId(terms);
        uint256 time = bound(late, uint256(terms.offerExpires) + 1, type(uint40).max);
        vm.warp(time);
        expected = offerExpired(terms.offerExpires, time);
        _assertAgreeSignedReverts(terms, signWith(PAYER_KEY, id), signWith(PAYEE_KEY, id), expected);
    }

    function test_AgreeSigned_WhenBothAreContracts_TheirAnswersDecide() external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.payer = address(new SmartAccount(PAYER));
        terms.payee = address(new SmartAccount(PAYEE));
        bytes32 id = plan.termsId(terms);
        bytes memory byPayee = signWith(PAYEE_KEY, id);
        _assertAgreeSignedReverts(terms, byPayee, byPayee, signatureInvalid(id, terms.payer));
        _agreeSigned(STRANGER, terms);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
    }

    function testFuzz_AgreeSigned_ByAnyone(address caller, uint256 seed) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        vm.recordLogs();
        bytes32 id = _agreeSigned(caller, terms);
        _assertAgreedEvent(terms, id);
        assertState(terms, IInstallmentPlan.Status.Active, 0);
        assertMoved(0);
    }

    // cancelOffer

    function testFuzz_CancelOffer_RevertGiven_CallerIsNoParty(address caller) external {
        vm.assume(caller != PAYER && caller != PAYEE);
        bytes memory call = abi.encodeCall(plan.cancelOffer, (plainTerms()));
        assertReverts(caller, address(plan), call, callerInvalid(caller));
    }

    function testFuzz_CancelOffer_RevertGiven_TheTermsWereAgreedOrCancelled(bool isPayer, bool isAgreed) external {
        IInstallmentPlan.Terms memory terms = plainTerms();
        bytes32 id = plan.termsId(terms);
        bytes memory call = abi.encodeCall(plan.cancelOffer, (terms));
        if (isAgreed) {
            agree(terms);
        } else {
            vm.prank(PAYEE);
            plan.cancelOffer(terms);
        }
        IInstallmentPlan.Status status = isAgreed ? IInstallmentPlan.Status.Active : IInstallmentPlan.Status.Cancelled;
        assertReverts(isPayer ? PAYER : PAYEE, address(plan), call, statusInvalid(id, status));
    }

    function testFuzz_CancelOffer_EndsTheOffer(bool isPayer, uint256 seed, uint40 time) external {
        IInstallmentPlan.Terms memory terms = anyTerms(seed);
        bytes32 id = plan.termsId(terms);
        address party = isPayer ? PAYER : PAYEE;
        vm.recordLogs();
        vm.prank(party);
        plan.cancelOffer(terms);
        Vm.Log[] memory logs = planLogs();
        assertEqual("events", logs.length, 1);
        assertLog(logs[0], IInstallmentPlan.PlanOfferCancelled.selector, id, "");
        assertEqual("by", logs[0].topics[2], bytes32(uint256(uint160(party))));

        bytes memory expected = statusInvalid(id, IInstallmentPlan.Status.Cancelled);
        _assertAgreeReverts(PAYER, terms, expected);
        _assertAgreeSignedReverts(terms, signWith(PAYER_KEY, id), signWith(PAYEE_KEY, id), expected);
        vm.warp(time);
        _assertNothingIsClaimed(terms);
    }

    function testFuzz_CancelOffer_OfInventedTerms_ClaimsNothing(IInstallmentPlan.Terms memory terms) external {
        // Anybody can invent terms that name a victim as payer; they must not look like a debt.
        terms.payee = STRANGER;
        vm.prank(STRANGER);
        plan.cancelOffer(terms);
        vm.warp(type(uint40).max);
        _assertNothingIsClaimed(terms);
    }

    // What the tests share.

    function _agreeSigned(address caller, IInstallmentPlan.Terms memory terms) private returns (bytes32 id) {
        id = plan.termsId(terms);
        bytes memory byPayer = signWith(PAYER_KEY, id);
        bytes memory byPayee = signWith(PAYEE_KEY, id);
        vm.prank(caller);
        plan.agreeSigned(terms, byPayer, byPayee);
    }

    function _assertAgreedEvent(IInstallmentPlan.Terms memory terms, bytes32 id) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEqual("events", logs.length, 1);
        assertLog(logs[0], IInstallmentPlan.PlanAgreed.selector, id, abi.encode(terms));
        assertEqual("payer", logs[0].topics[2], bytes32(uint256(uint160(terms.payer))));
        assertEqual("payee", logs[0].topics[3], bytes32(uint256(uint160(terms.payee))));
    }

    function _assertNothingIsClaimed(IInstallmentPlan.Terms memory terms) private view {
        IInstallmentPlan.Standing memory standing = plan.standingOf(terms);
        assertEqual("status", uint256(standing.status), uint256(IInstallmentPlan.Status.Cancelled));
        assertEqual("paid", standing.paid, 0);
        assertEqual("due", standing.due, 0);
        assertEqual("missed", standing.missed, 0);
        assertEqual("overdue", standing.overdueAmount, 0);
    }

    function _assertAgreeReverts(
        address caller,
        IInstallmentPlan.Terms memory terms,
        bytes memory expected
    ) private {
        _assertAgreeReverts(caller, terms, signWith(PAYEE_KEY, plan.termsId(terms)), expected);
    }

    function _assertAgreeReverts(
        address caller,
        IInstallmentPlan.Terms memory terms,
        bytes memory signature,
        bytes memory expected
    ) private {
        assertReverts(caller, address(plan), abi.encodeCall(plan.agree, (terms, signature)), expected);
    }

    function _assertAgreeSignedReverts(
        IInstallmentPlan.Terms memory terms,
        bytes memory byPayer,
        bytes memory byPayee,
        bytes memory expected
    ) private {
        bytes memory call = abi.encodeCall(plan.agreeSigned, (terms, byPayer, byPayee));
        assertReverts(STRANGER, address(plan), call, expected);
    }

    function _assertPartiesRevert(address payer, address payee) private {
        IInstallmentPlan.Terms memory terms = plainTerms();
        (terms.payer, terms.payee) = (payer, payee);
        bytes memory expected = abi.encodeWithSelector(
            IInstallmentPlan.InstallmentPlan_PartiesInvalid.selector,
            payer,
            payee
        );
        _assertAgreeReverts(payer, terms, expected);
    }

    function _assertDurationsRevert(uint32 duration) private {
        bytes memory expected = abi.encodeWithSelector(
            IInstallmentPlan.InstallmentPlan_DurationInvalid.selector,
            duration,
            1 days,
            366 days
        );
        IInstallmentPlan.Terms memory terms = plainTerms();
        terms.period = duration;
        _assertAgreeReverts(PAYER, terms, expected);
        terms = plainTerms();
        terms.grace = duration;
        _assertAgreeReverts(PAYER, terms, expected);
    }

    function _amountsInvalid(IInstallmentPlan.Terms memory terms) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IInstallmentPlan.InstallmentPlan_AmountsInvalid.selector,
                terms.count,
                terms.each,
                terms.last
            );
    }
}
