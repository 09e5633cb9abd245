// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InvoiceEscrow} from "./InvoiceEscrow.sol";
import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {EscrowBase} from "./testing/EscrowBase.sol";
import {HostileToken} from "./testing/HostileToken.sol";
import {SmartAccount} from "./testing/SmartAccount.sol";
import {Vm} from "./testing/Vm.sol";

/*
constructor
└── when the token has no code                       -> it reverts with TokenWithoutCode
termsId
├── it is the EIP-712 digest, as built from the type string
└── it differs when any field, the chain or the contract differs
fund
├── given the caller is not the payer                -> it reverts with CallerInvalid
├── given the terms were funded, ended or cancelled  -> it reverts with StatusInvalid
├── when a party is zero or twice                    -> it reverts with PartiesInvalid
├── when an account is the contract or the token     -> it reverts with AccountInvalid
├── when amount and discount do not fit              -> it reverts with AmountInvalid
├── when a share is above 100 %                      -> it reverts with ShareInvalid
├── when agency and its share do not fit             -> it reverts with AgencyInvalid
├── when a duration is outside its bounds            -> it reverts with DurationInvalid
├── when the offer or deliverBy has passed           -> it reverts with OfferExpired
├── when the signature is not the payee's            -> it reverts with SignatureInvalid
├── when the payee is a contract                     -> its ERC-1271 answer decides
├── when the token moves less than asked             -> it reverts with ReceiptMismatch, and nothing is funded
└── when all is well
    ├── it holds exactly the amount, before the discount's end the discounted amount
    └── it emits Funded with all terms
fundWithPermit
├── it funds on the permit alone
├── given the permit was run by somebody else        -> it funds all the same
└── given the permit is bad and nothing is allowed   -> it reverts
fundWithAuthorization
├── anyone may bring the payer's authorisation
├── given it is for another nonce, value or payer    -> it reverts
└── given it was brought to the token directly       -> the token refuses
fundMany
├── when the list is empty                           -> it reverts with BatchEmpty
├── when one offer is bad, or twice in the list      -> it reverts as the single call does; nothing is funded
└── it equals the single calls, with one transfer
cancelOffer
├── given the caller is not the payee                -> it reverts with CallerInvalid
├── given the terms were funded or cancelled         -> it reverts with StatusInvalid
└── it emits OfferCancelled, and the offer cannot be funded any more
pay, payMany
├── when payee is zero or the payer                  -> it reverts with PartiesInvalid
├── when payee is the contract or the token          -> it reverts with AccountInvalid
├── when the amount is zero                          -> it reverts with AmountInvalid
├── when the list is empty                           -> it reverts with BatchEmpty
└── it moves each amount to its payee and emits PaidDirectly, one transfer per run of equal payees
*/
contract InvoiceEscrowFundingTest is EscrowBase {
    function setUp() external {
        openWorld();
    }

    // constructor

    function test_Constructor_RevertWhen_TokenHasNoCode() external {
        bytes memory expected = abi.encodeWithSelector(
            IInvoiceEscrow.InvoiceEscrow_TokenWithoutCode.selector,
            address(0x70CE2)
        );
        vm.expectRevert(expected);
        new InvoiceEscrow(address(0x70CE2));
    }

    function test_Constructor_KeepsTheToken() external view {
        assertEqual("token", escrow.token(), address(token));
    }

    // termsId

    function test_TermsId_IsTheEip712Digest() external view {
        IInvoiceEscrow.Terms memory terms = _fullTerms();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Quittance InvoiceEscrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        bytes32 typeHash = keccak256(
            "Terms(address payer,address payee,address arbiter,uint96 amount,uint40 offerExpires,uint40 deliverBy,"
            "uint32 window,uint32 arbiterTimeout,uint16 defaultPayeeShareBps,bool deemedDelivered,"
            "bytes32 settlementKey,address attestor,uint40 discountUntil,uint96 discountedAmount,address agency,"
            "uint16 agencyShareBps)"
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, keccak256(abi.encode(typeHash, terms))));
        assertEqual("digest", escrow.termsId(terms), digest);
    }

    function testFuzz_TermsId_DiffersWithAnyField(uint256 field, uint256 change) external view {
        IInvoiceEscrow.Terms memory terms = _fullTerms();
        bytes32 id = escrow.termsId(terms);
        // Each field of the struct is one word in memory; the change stays within the narrowest numeric type.
        uint256 index = field % 16;
        uint256 mask = index == 9 ? 1 : (change % type(uint16).max) + 1;
        assembly {
            let at := add(terms, mul(index, 32))
            mstore(at, xor(mload(at), mask))
        }
        assertTrue("another id", escrow.termsId(terms) != id);
    }

    function test_TermsId_DiffersWithContractAndChain() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        assertTrue("contract", new InvoiceEscrow(address(token)).termsId(terms) != id);
        vm.chainId(block.chainid + 1);
        assertTrue("chain", escrow.termsId(terms) != id);
    }

    // fund: refusals

    function testFuzz_Fund_RevertGiven_CallerIsNotThePayer(address caller) external {
        vm.assume(caller != PAYER);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        _assertFundReverts(caller, terms, callerInvalid(caller));
    }

    function test_Fund_RevertGiven_TermsWereUsed() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        _assertFundReverts(PAYER, terms, statusInvalid(id, IInvoiceEscrow.Status.Funded));
        release(terms, AMOUNT);
        _assertFundReverts(PAYER, terms, statusInvalid(id, IInvoiceEscrow.Status.Released));
    }

    function test_Fund_RevertWhen_PartiesAreInvalid() external {
        _assertPartiesRevert(address(0), PAYEE, ARBITER);
        _assertPartiesRevert(PAYER, address(0), ARBITER);
        _assertPartiesRevert(PAYER, PAYEE, address(0));
        _assertPartiesRevert(PAYER, PAYER, ARBITER);
        _assertPartiesRevert(PAYER, PAYEE, PAYER);
        _assertPartiesRevert(PAYER, PAYEE, PAYEE);
    }

    function test_Fund_RevertWhen_AnAccountIsTheContractOrTheToken() external {
        address[2] memory traps = [address(escrow), address(token)];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory expected = _accountInvalid(traps[i]);
            IInvoiceEscrow.Terms memory terms = plainTerms();
            terms.payee = traps[i];
            _assertFundReverts(PAYER, terms, expected);
            terms = plainTerms();
            terms.payer = traps[i];
            _assertFundReverts(traps[i], terms, expected);
            terms = plainTerms();
            terms.arbiter = traps[i];
            _assertFundReverts(PAYER, terms, expected);
            terms = agencyTerms(1);
            terms.agency = traps[i];
            _assertFundReverts(PAYER, terms, expected);
        }
    }

    function test_Fund_RevertWhen_AmountIsInvalid() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.amount = 0;
        _assertAmountReverts(terms);
        terms = plainTerms();
        (terms.discountUntil, terms.discountedAmount) = (NOW + 1, 0);
        _assertAmountReverts(terms);
        (terms.discountUntil, terms.discountedAmount) = (0, 1);
        _assertAmountReverts(terms);
        (terms.discountUntil, terms.discountedAmount) = (NOW + 1, AMOUNT);
        _assertAmountReverts(terms);
    }

    function testFuzz_Fund_RevertWhen_AShareIsAboveTheWhole(uint16 share) external {
        vm.assume(share > 10_000);
        bytes memory expected = abi.encodeWithSelector(
            IInvoiceEscrow.InvoiceEscrow_ShareInvalid.selector,
            share,
            10_000
        );
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.defaultPayeeShareBps = share;
        _assertFundReverts(PAYER, terms, expected);
        _assertFundReverts(PAYER, agencyTerms(share), expected);
    }

    function test_Fund_RevertWhen_AgencyIsInvalid() external {
        _assertAgencyReverts(AGENCY, 0);
        _assertAgencyReverts(address(0), 100);
        _assertAgencyReverts(PAYEE, 100);
        _assertAgencyReverts(PAYER, 100);
        _assertAgencyReverts(ARBITER, 100);
    }

    function testFuzz_Fund_RevertWhen_ADurationIsOutOfBounds(uint32 duration) external {
        vm.assume(duration < 1 days || duration > 366 days);
        bytes memory expected = abi.encodeWithSelector(
            IInvoiceEscrow.InvoiceEscrow_DurationInvalid.selector,
            duration,
            1 days,
            366 days
        );
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.window = duration;
        _assertFundReverts(PAYER, terms, expected);
        terms = plainTerms();
        terms.arbiterTimeout = duration;
        _assertFundReverts(PAYER, terms, expected);
    }

    function testFuzz_Fund_RevertWhen_DeliveryIsTooFarAway(uint40 deliverBy) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.deliverBy = uint40(bound(deliverBy, NOW + 366 days + 1, type(uint40).max));
        bytes memory expected = abi.encodeWithSelector(
            IInvoiceEscrow.InvoiceEscrow_DurationInvalid.selector,
            terms.deliverBy - NOW,
            0,
            366 days
        );
        _assertFundReverts(PAYER, terms, expected);
        terms.deliverBy = NOW + 366 days;
        fund(terms);
    }

    function testFuzz_Fund_RevertWhen_TheOfferHasExpired(uint40 late) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        uint256 time = bound(late, uint256(terms.offerExpires) + 1, type(uint40).max);
        vm.warp(time);
        _assertFundReverts(PAYER, terms, _offerExpired(terms.offerExpires, time));
        terms.offerExpires = type(uint40).max;
        vm.warp(uint256(DELIVER_BY) + 1);
        _assertFundReverts(PAYER, terms, _offerExpired(DELIVER_BY, uint256(DELIVER_BY) + 1));
    }

    function testFuzz_Fund_RevertWhen_SignatureIsNotThePayees(uint256 key, uint8 cut) external {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != PAYEE_KEY);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        bytes memory expected = abi.encodeWithSelector(
            IInvoiceEscrow.InvoiceEscrow_SignatureInvalid.selector,
            id,
            PAYEE
        );
        _assertFundReverts(PAYER, terms, signWith(key, id), expected);
        _assertFundReverts(PAYER, terms, new bytes(cut), expected);
    }

    function test_Fund_RevertWhen_SignatureIsMalleated() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYEE_KEY, id);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory twin = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _assertFundReverts(
            PAYER,
            terms,
            twin,
            abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_SignatureInvalid.selector, id, PAYEE)
        );
    }

    function test_Fund_WhenThePayeeIsAContract_ItsAnswerDecides() external {
        SmartAccount account = new SmartAccount(PAYEE);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.payee = address(account);
        bytes32 id = escrow.termsId(terms);
        _assertFundReverts(
            PAYER,
            terms,
            signWith(PAYER_KEY, id),
            abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_SignatureInvalid.selector, id, account)
        );
        fund(terms);
        assertState(terms, IInvoiceEscrow.Status.Funded, AMOUNT);
    }

    function test_Fund_RevertWhen_TheTokenMovesLess() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        token.setManner(HostileToken.Manner.TakesFee);
        uint256 fee = AMOUNT / 100 + 1;
        _assertFundReverts(PAYER, terms, _receiptMismatch(AMOUNT - fee));
        token.setManner(HostileToken.Manner.MovesNothing);
        _assertFundReverts(PAYER, terms, _receiptMismatch(0));
        assertState(terms, IInvoiceEscrow.Status.None, 0);
    }

    function test_Fund_RevertWhen_TheTokenAnswersFalse() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        token.setManner(HostileToken.Manner.ReturnsFalse);
        _assertFundReverts(
            PAYER,
            terms,
            abi.encodeWithSelector(bytes4(keccak256("SafeERC20FailedOperation(address)")), token)
        );
    }

    function test_Fund_WhenTheTokenAnswersNothing() external {
        token.setManner(HostileToken.Manner.NoReturnValue);
        fund(plainTerms());
        assertState(plainTerms(), IInvoiceEscrow.Status.Funded, AMOUNT);
    }

    // fund: effects

    function testFuzz_Fund_HoldsTheAmountAndEmitsAllTerms(uint96 amount) external {
        IInvoiceEscrow.Terms memory terms = _fullTerms();
        terms.amount = uint96(bound(amount, 2, 1_000_000e6));
        (terms.discountUntil, terms.discountedAmount) = (0, 0);
        vm.recordLogs();
        bytes32 id = fund(terms);
        _assertFundedEvent(terms, id, terms.amount);
        assertState(terms, IInvoiceEscrow.Status.Funded, terms.amount);
        assertEqual("held", token.balanceOf(address(escrow)), terms.amount);
        assertTrue("no discount", !escrow.stateOf(terms).discounted);
    }

    function testFuzz_Fund_CostsLessUntilTheDiscountEnds(uint40 time, uint96 discounted) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        terms.discountUntil = NOW + 1 days;
        terms.discountedAmount = uint96(bound(discounted, 1, AMOUNT - 1));
        time = uint40(bound(time, NOW, terms.offerExpires));
        vm.warp(time);
        fund(terms);
        bool isEarly = time <= terms.discountUntil;
        uint256 expected = isEarly ? terms.discountedAmount : AMOUNT;
        assertState(terms, IInvoiceEscrow.Status.Funded, expected);
        assertTrue("told", escrow.stateOf(terms).discounted == isEarly);
        assertEqual("held", token.balanceOf(address(escrow)), expected);
    }

    // fundWithPermit

    function test_FundWithPermit_FundsOnThePermitAlone() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        IInvoiceEscrow.Permit memory permit = _permitWithoutAllowance(AMOUNT);
        bytes memory signature = signOffer(terms);
        vm.prank(PAYER);
        escrow.fundWithPermit(terms, signature, permit);
        assertState(terms, IInvoiceEscrow.Status.Funded, AMOUNT);
        assertEqual("nothing left", token.allowance(PAYER, address(escrow)), 0);
    }

    function test_FundWithPermit_GivenSomebodyRanThePermit() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        IInvoiceEscrow.Permit memory permit = _permitWithoutAllowance(AMOUNT);
        bytes memory signature = signOffer(terms);
        vm.prank(STRANGER);
        token.permit(PAYER, address(escrow), permit.value, permit.deadline, permit.v, permit.r, permit.s);
        vm.prank(PAYER);
        escrow.fundWithPermit(terms, signature, permit);
        assertState(terms, IInvoiceEscrow.Status.Funded, AMOUNT);
    }

    function test_FundWithPermit_RevertGiven_APermitOfLess() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        IInvoiceEscrow.Permit memory permit = _permitWithoutAllowance(AMOUNT - 1);
        assertReverts(
            PAYER,
            address(escrow),
            abi.encodeCall(escrow.fundWithPermit, (terms, signOffer(terms), permit)),
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)",
                address(escrow),
                AMOUNT - 1,
                AMOUNT
            )
        );
    }

    function testFuzz_FundWithPermit_RevertGiven_CallerIsNotThePayer(address caller) external {
        vm.assume(caller != PAYER);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        IInvoiceEscrow.Permit memory permit = _permitWithoutAllowance(AMOUNT);
        assertReverts(
            caller,
            address(escrow),
            abi.encodeCall(escrow.fundWithPermit, (terms, signOffer(terms), permit)),
            callerInvalid(caller)
        );
    }

    // fundWithAuthorization

    function testFuzz_FundWithAuthorization_AnyoneMayBringIt(address caller) external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        bytes memory signature = signOffer(terms);
        vm.prank(caller);
        escrow.fundWithAuthorization(terms, signature, _authorize(PAYER_KEY, AMOUNT, id));
        assertState(terms, IInvoiceEscrow.Status.Funded, AMOUNT);
        assertEqual("held", token.balanceOf(address(escrow)), AMOUNT);
        assertTrue("used", token.authorizationState(PAYER, id));
    }

    function test_FundWithAuthorization_RevertGiven_AnotherNonceValueOrSigner() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        _assertAuthorizationReverts(terms, _authorize(PAYER_KEY, AMOUNT, bytes32(uint256(id) + 1)));
        _assertAuthorizationReverts(terms, _authorize(PAYER_KEY, AMOUNT - 1, id));
        _assertAuthorizationReverts(terms, _authorize(PAYEE_KEY, AMOUNT, id));
    }

    function test_FundWithAuthorization_TheTokenRefusesAnyoneElse() external {
        bytes32 id = escrow.termsId(plainTerms());
        IInvoiceEscrow.Authorization memory paper = _authorize(PAYER_KEY, AMOUNT, id);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSignature("DemoDollar_CallerInvalid(address,address)", STRANGER, escrow));
        token.receiveWithAuthorization(
            PAYER,
            address(escrow),
            AMOUNT,
            paper.validAfter,
            paper.validBefore,
            id,
            paper.v,
            paper.r,
            paper.s
        );
    }

    function test_FundWithAuthorization_RevertWhen_TheTokenMovesLess() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        token.setManner(HostileToken.Manner.MovesNothing);
        assertReverts(
            STRANGER,
            address(escrow),
            abi.encodeCall(
                escrow.fundWithAuthorization,
                (terms, signOffer(terms), _authorize(PAYER_KEY, AMOUNT, id))
            ),
            _receiptMismatch(0)
        );
    }

    // fundMany

    function test_FundMany_RevertWhen_TheListIsEmpty() external {
        vm.prank(PAYER);
        vm.expectRevert(abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_BatchEmpty.selector));
        escrow.fundMany(new IInvoiceEscrow.Offer[](0));
    }

    function testFuzz_FundMany_RevertWhen_OneOfferIsBad(uint8 count, uint8 bad, bool isTwice) external {
        uint256 size = bound(count, 2, 8);
        uint256 index = bound(bad, 1, size - 1);
        IInvoiceEscrow.Offer[] memory offers = _offers(size);
        bytes memory expected;
        bytes32 id = escrow.termsId(offers[index].terms);
        if (isTwice) {
            offers[index] = offers[0];
            expected = statusInvalid(escrow.termsId(offers[0].terms), IInvoiceEscrow.Status.Funded);
        } else {
            offers[index].payeeSignature = signWith(PAYER_KEY, id);
            expected = abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_SignatureInvalid.selector, id, PAYEE);
        }
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.fundMany, (offers)), expected);
        assertState(offers[0].terms, IInvoiceEscrow.Status.None, 0);
    }

    function test_FundMany_RevertGiven_AnotherPayersOffer() external {
        IInvoiceEscrow.Offer[] memory offers = _offers(2);
        offers[1].terms.payer = STRANGER;
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.fundMany, (offers)), callerInvalid(PAYER));
    }

    function testFuzz_FundMany_EqualsTheSingleCalls(uint8 count) external {
        uint256 size = bound(count, 1, 12);
        IInvoiceEscrow.Offer[] memory offers = _offers(size);
        uint256 total = 0;
        for (uint256 i = 0; i < size; ++i) total += offers[i].terms.amount;
        vm.recordLogs();
        vm.prank(PAYER);
        escrow.fundMany(offers);
        // One event for each escrow and one transfer for all.
        assertEqual("events", vm.getRecordedLogs().length, size + 1);
        for (uint256 i = 0; i < size; ++i) {
            assertState(offers[i].terms, IInvoiceEscrow.Status.Funded, offers[i].terms.amount);
        }
        assertEqual("held", token.balanceOf(address(escrow)), total);
    }

    // cancelOffer

    function testFuzz_CancelOffer_RevertGiven_CallerIsNotThePayee(address caller) external {
        vm.assume(caller != PAYEE);
        IInvoiceEscrow.Terms memory terms = plainTerms();
        assertReverts(caller, address(escrow), abi.encodeCall(escrow.cancelOffer, (terms)), callerInvalid(caller));
    }

    function test_CancelOffer_RevertGiven_TermsWereUsed() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = fund(terms);
        bytes memory call = abi.encodeCall(escrow.cancelOffer, (terms));
        assertReverts(PAYEE, address(escrow), call, statusInvalid(id, IInvoiceEscrow.Status.Funded));
    }

    function test_CancelOffer_EndsTheOffer() external {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        bytes32 id = escrow.termsId(terms);
        vm.recordLogs();
        vm.prank(PAYEE);
        escrow.cancelOffer(terms);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEqual("event", logs[0].topics[0], IInvoiceEscrow.OfferCancelled.selector);
        assertEqual("id", logs[0].topics[1], id);
        assertEqual("by", logs[0].topics[2], bytes32(uint256(uint160(PAYEE))));
        _assertFundReverts(PAYER, terms, statusInvalid(id, IInvoiceEscrow.Status.Cancelled));
        bytes memory again = abi.encodeCall(escrow.cancelOffer, (terms));
        assertReverts(PAYEE, address(escrow), again, statusInvalid(id, IInvoiceEscrow.Status.Cancelled));
    }

    // pay, payMany

    function test_Pay_RevertWhen_ThePayeeIsInvalid() external {
        _assertPayReverts(address(0), _partiesInvalid(PAYER, address(0), address(0)));
        _assertPayReverts(PAYER, _partiesInvalid(PAYER, PAYER, address(0)));
        _assertPayReverts(address(escrow), _accountInvalid(address(escrow)));
        _assertPayReverts(address(token), _accountInvalid(address(token)));
    }

    function test_Pay_RevertWhen_TheAmountIsZero() external {
        bytes memory expected = abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_AmountInvalid.selector, 0, 0);
        IInvoiceEscrow.DirectPayment memory payment = IInvoiceEscrow.DirectPayment(PAYEE, 0, bytes32("key"));
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.pay, (payment)), expected);
    }

    function testFuzz_Pay_MovesTheAmountAndEmits(uint96 amount, bytes32 key) external {
        amount = uint96(bound(amount, 1, 1_000_000e6));
        vm.recordLogs();
        vm.prank(PAYER);
        escrow.pay(IInvoiceEscrow.DirectPayment(PAYEE, amount, key));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        _assertPaidDirectly(logs[0], PAYEE, amount, key);
        assertEqual("payee", token.balanceOf(PAYEE), amount);
        assertEqual("escrow", token.balanceOf(address(escrow)), 0);
    }

    function test_PayMany_RevertWhen_TheListIsEmpty() external {
        vm.prank(PAYER);
        vm.expectRevert(abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_BatchEmpty.selector));
        escrow.payMany(new IInvoiceEscrow.DirectPayment[](0));
    }

    function testFuzz_PayMany_MovesEachAmount_OneTransferPerRun(uint8 count, uint256 seed) external {
        uint256 size = bound(count, 1, 12);
        IInvoiceEscrow.DirectPayment[] memory payments = new IInvoiceEscrow.DirectPayment[](size);
        uint256[3] memory expected;
        uint256 runs = 0;
        for (uint256 i = 0; i < size; ++i) {
            uint256 who = uint256(keccak256(abi.encode(seed, i))) % 3;
            payments[i] = IInvoiceEscrow.DirectPayment(address(uint160(0xF00 + who)), uint96(i + 1), bytes32(i));
            expected[who] += i + 1;
            if (i == 0 || payments[i].payee != payments[i - 1].payee) ++runs;
        }
        vm.recordLogs();
        vm.prank(PAYER);
        escrow.payMany(payments);
        assertEqual("events", vm.getRecordedLogs().length, size + runs);
        for (uint256 who = 0; who < 3; ++who) {
            assertEqual("paid", token.balanceOf(address(uint160(0xF00 + who))), expected[who]);
        }
    }

    // What the tests share.

    function _fullTerms() private pure returns (IInvoiceEscrow.Terms memory terms) {
        terms = agencyTerms(1_500);
        terms.attestor = ATTESTOR;
        terms.deemedDelivered = true;
        terms.discountUntil = NOW + 1 days;
        terms.discountedAmount = AMOUNT - 1;
    }

    function _offers(uint256 count) private view returns (IInvoiceEscrow.Offer[] memory offers) {
        offers = new IInvoiceEscrow.Offer[](count);
        for (uint256 i = 0; i < count; ++i) {
            IInvoiceEscrow.Terms memory terms = plainTerms();
            terms.settlementKey = keccak256(abi.encode(i));
            terms.amount = uint96(1_000 + i);
            offers[i] = IInvoiceEscrow.Offer(terms, signOffer(terms));
        }
    }

    function _permitWithoutAllowance(uint256 value) private returns (IInvoiceEscrow.Permit memory permit) {
        vm.prank(PAYER);
        token.approve(address(escrow), 0);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                PAYER,
                address(escrow),
                value,
                token.nonces(PAYER),
                NOW + 1
            )
        );
        permit.value = value;
        permit.deadline = NOW + 1;
        (permit.v, permit.r, permit.s) = vm.sign(PAYER_KEY, _tokenDigest(structHash));
    }

    function _authorize(
        uint256 key,
        uint256 value,
        bytes32 nonce
    ) private view returns (IInvoiceEscrow.Authorization memory authorization) {
        authorization.validBefore = NOW + 1 days;
        bytes32 structHash = keccak256(
            abi.encode(
                token.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(),
                PAYER,
                address(escrow),
                value,
                authorization.validAfter,
                authorization.validBefore,
                nonce
            )
        );
        (authorization.v, authorization.r, authorization.s) = vm.sign(key, _tokenDigest(structHash));
    }

    function _tokenDigest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
    }

    function _assertFundReverts(address caller, IInvoiceEscrow.Terms memory terms, bytes memory expected) private {
        _assertFundReverts(caller, terms, signOffer(terms), expected);
    }

    function _assertFundReverts(
        address caller,
        IInvoiceEscrow.Terms memory terms,
        bytes memory signature,
        bytes memory expected
    ) private {
        assertReverts(caller, address(escrow), abi.encodeCall(escrow.fund, (terms, signature)), expected);
    }

    function _assertPartiesRevert(address payer, address payee, address arbiter) private {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        (terms.payer, terms.payee, terms.arbiter) = (payer, payee, arbiter);
        _assertFundReverts(payer, terms, _partiesInvalid(payer, payee, arbiter));
    }

    function _assertAmountReverts(IInvoiceEscrow.Terms memory terms) private {
        _assertFundReverts(
            PAYER,
            terms,
            abi.encodeWithSelector(
                IInvoiceEscrow.InvoiceEscrow_AmountInvalid.selector,
                terms.amount,
                terms.discountedAmount
            )
        );
    }

    function _assertAgencyReverts(address agency, uint16 shareBps) private {
        IInvoiceEscrow.Terms memory terms = plainTerms();
        (terms.agency, terms.agencyShareBps) = (agency, shareBps);
        _assertFundReverts(
            PAYER,
            terms,
            abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_AgencyInvalid.selector, agency, shareBps)
        );
    }

    function _assertAuthorizationReverts(
        IInvoiceEscrow.Terms memory terms,
        IInvoiceEscrow.Authorization memory authorization
    ) private {
        bytes memory signature = signOffer(terms);
        (bool success, bytes memory answer) = address(escrow).call(
            abi.encodeCall(escrow.fundWithAuthorization, (terms, signature, authorization))
        );
        assertTrue("it reverts", !success);
        bytes4 expected = bytes4(keccak256("DemoDollar_SignatureInvalid(address,address)"));
        assertEqual("the token refuses", bytes32(bytes4(answer)), bytes32(expected));
        assertState(terms, IInvoiceEscrow.Status.None, 0);
    }

    function _assertPayReverts(address payee, bytes memory expected) private {
        IInvoiceEscrow.DirectPayment memory payment = IInvoiceEscrow.DirectPayment(payee, 1, bytes32("key"));
        IInvoiceEscrow.DirectPayment[] memory payments = new IInvoiceEscrow.DirectPayment[](1);
        payments[0] = payment;
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.pay, (payment)), expected);
        assertReverts(PAYER, address(escrow), abi.encodeCall(escrow.payMany, (payments)), expected);
    }

    function _assertFundedEvent(IInvoiceEscrow.Terms memory terms, bytes32 id, uint96 funded) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEqual("event", logs[0].topics[0], IInvoiceEscrow.Funded.selector);
        assertEqual("id", logs[0].topics[1], id);
        assertEqual("payer", logs[0].topics[2], bytes32(uint256(uint160(terms.payer))));
        assertEqual("payee", logs[0].topics[3], bytes32(uint256(uint160(terms.payee))));
        assertEqual("terms", keccak256(logs[0].data), keccak256(abi.encode(funded, terms)));
    }

    function _assertPaidDirectly(Vm.Log memory log, address payee, uint96 amount, bytes32 key) private pure {
        assertEqual("event", log.topics[0], IInvoiceEscrow.PaidDirectly.selector);
        assertEqual("key", log.topics[1], key);
        assertEqual("payer", log.topics[2], bytes32(uint256(uint160(PAYER))));
        assertEqual("payee", log.topics[3], bytes32(uint256(uint160(payee))));
        assertEqual("amount", abi.decode(log.data, (uint96)), amount);
    }

    function _partiesInvalid(address payer, address payee, address arbiter) private pure returns (bytes memory) {
        bytes4 selector = IInvoiceEscrow.InvoiceEscrow_PartiesInvalid.selector;
        return abi.encodeWithSelector(selector, payer, payee, arbiter);
    }

    function _accountInvalid(address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_AccountInvalid.selector, account);
    }

    function _offerExpired(uint256 expires, uint256 time) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_OfferExpired.selector, expires, time);
    }

    function _receiptMismatch(uint256 received) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInvoiceEscrow.InvoiceEscrow_ReceiptMismatch.selector, received, AMOUNT);
    }
}
