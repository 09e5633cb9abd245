// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {HostileToken} from "./HostileToken.sol";

/// @notice A token that can be a party: it signs whatever it is shown, so that it may call back in the role of a payee.
contract SigningToken is HostileToken, IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure override returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}
