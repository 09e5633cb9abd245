// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInvoiceEscrow} from "./interfaces/IInvoiceEscrow.sol";
import {EscrowBase} from "./testing/EscrowBase.sol";
import {Vm} from "./testing/Vm.sol";

/// Tree
///
/// termsId
/// └── for any terms -> it is the EIP-712 digest of their plain ABI encoding
/// fund, fundMany, fundWithPermit, fundWithAuthorization
/// ├── for any terms that are funded -> Funded carries what a plain emit would
/// └── when a field has bits that its type does not have -> it reverts, though the payee signed just these words
contract InvoiceEscrowEncodingTest is EscrowBase {
    uint256 private constant FIELDS = 16;

    bytes32 private constant TERMS_TYPEHASH =
        keccak256(
            "Terms(address payer,address payee,address arbiter,uint96 amount,uint40 offerExpires,uint40 deliverBy,"
            "uint32 window,uint32 arbiterTimeout,uint16 defaultPayeeShareBps,bool deemedDelivered,bytes32 settlementKey,"
            "address attestor,uint40 discountUntil,uint96 discountedAmount,address agency,uint16 agencyShareBps)"
        );

    function setUp() external {
        openWorld();
    }

    function testFuzz_TermsId_IsTheDigestOfThePlainEncoding(IInvoiceEscrow.Terms calldata terms) external view {
        assertEqual("id", escrow.termsId(terms), _digest(keccak256(abi.encode(TERMS_TYPEHASH, terms))));
    }

    function testFuzz_Fund_EmitsWhatAPlainEmitWould(uint96 amount, bytes32 key, address attestor) external {
        IInvoiceEscrow.Terms memory terms = _fullTerms();
        (terms.amount, terms.settlementKey, terms.attestor) = (uint96(bound(amount, 2, 1_000_000e6)), key, attestor);
        terms.discountedAmount = terms.amount - 1;
        vm.recordLogs();
        bytes32 id = fund(terms);
        _assertFunded(vm.getRecordedLogs()[0], id, terms);
    }

    /// @dev The word as it is signed and sent differs from a good one in one bit alone, which its field's type does not
    /// have.
    function testFuzz_Fund_RevertWhen_AFieldHasBitsThatItsTypeLacks(
        uint256 field,
        uint256 bit,
        uint256 entry
    ) external {
        (field, entry) = (field % FIELDS, entry % 4);
        if (_widthOf(field) == 256) return;
        bit = bound(bit, _widthOf(field), 255);
        _assertRefused(field, bit, entry);
    }

    /// @dev The same for each field's nearest bit, by each way of funding, so that none is left to chance.
    function test_Fund_RevertWhen_AnyFieldHasTheNearestBitThatItsTypeLacks() external {
        for (uint256 field = 0; field < FIELDS; ++field) {
            if (_widthOf(field) == 256) continue;
            for (uint256 entry = 0; entry < 4; ++entry) _assertRefused(field, _widthOf(field), entry);
        }
    }

    /// @dev The same words without the bit are funded, or refused by the token in words: what is refused above is the bit.
    function test_Fund_GivenTheSameWordsWithoutTheBit() external {
        for (uint256 entry = 0; entry < 4; ++entry) {
            IInvoiceEscrow.Terms memory terms = _fullTerms();
            terms.settlementKey = bytes32(entry);
            vm.prank(PAYER);
            (bool success, bytes memory answer) = address(escrow).call(_callOf(entry, abi.encode(terms)));
            assertTrue("funded, or the token says why not", success || (entry == 3 && answer.length > 0));
        }
    }

    function _assertRefused(uint256 field, uint256 bit, uint256 entry) private {
        bytes memory words = abi.encode(_fullTerms());
        assembly {
            let at := add(add(words, 32), mul(field, 32))
            mstore(at, xor(mload(at), shl(bit, 1)))
        }
        vm.prank(PAYER);
        (bool success, bytes memory answer) = address(escrow).call(_callOf(entry, words));
        assertTrue("it reverts", !success);
        // A revert without data is that of a field which cannot be read; a signature that does not fit would be named.
        assertEqual("without data", answer.length, 0);
    }

    /// @dev A way of funding the words as they are, signed by the payee as they are.
    function _callOf(uint256 entry, bytes memory words) private view returns (bytes memory) {
        bytes memory signature = signWith(PAYEE_KEY, _digest(keccak256(abi.encodePacked(TERMS_TYPEHASH, words))));
        bytes memory tail = abi.encodePacked(uint256(65), signature, new bytes(31));
        bytes memory empty = new bytes(5 * 32);
        if (entry == 1) {
            // One offer at 32 of the list; in it the terms, where the signature is, and the signature.
            bytes memory list = abi.encodePacked(uint256(32), uint256(1), uint256(32), words, uint256(17 * 32), tail);
            return abi.encodePacked(IInvoiceEscrow.fundMany.selector, list);
        }
        if (entry == 0) return abi.encodePacked(IInvoiceEscrow.fund.selector, words, uint256(17 * 32), tail);
        bytes4 selector = entry == 2
            ? IInvoiceEscrow.fundWithPermit.selector
            : IInvoiceEscrow.fundWithAuthorization.selector;
        return abi.encodePacked(selector, words, uint256(22 * 32), empty, tail);
    }

    /// @dev Bits of each field's type, in the order of the struct.
    function _widthOf(uint256 field) private pure returns (uint256) {
        return [uint256(160), 160, 160, 96, 40, 40, 32, 32, 16, 1, 256, 160, 40, 96, 160, 16][field];
    }

    function _fullTerms() private pure returns (IInvoiceEscrow.Terms memory terms) {
        terms = agencyTerms(1_250);
        terms.attestor = ATTESTOR;
        terms.discountUntil = NOW + 1 days;
        terms.discountedAmount = AMOUNT - 1;
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Quittance InvoiceEscrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _assertFunded(Vm.Log memory log, bytes32 id, IInvoiceEscrow.Terms memory terms) private pure {
        assertEqual("topics", log.topics.length, 4);
        assertEqual("event", log.topics[0], IInvoiceEscrow.Funded.selector);
        assertEqual("id", log.topics[1], id);
        assertEqual("payer", log.topics[2], bytes32(uint256(uint160(terms.payer))));
        assertEqual("payee", log.topics[3], bytes32(uint256(uint160(terms.payee))));
        assertEqual("data", keccak256(log.data), keccak256(abi.encode(terms.discountedAmount, terms)));
    }
}
