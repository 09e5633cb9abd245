/** What goes wrong at the bank or with its login: type, text for developers, text for the bank's customer. */
const CATALOGUE = {
  ITEM_LOGIN_REQUIRED: [
    'ITEM_ERROR',
    "the login details of this item have changed (credentials, MFA, or required user action) and a user login is required to update this information. use Link's update mode to restore the item to a good state",
    'Sign in to your bank again to go on.',
  ],
  ITEM_LOCKED: [
    'ITEM_ERROR',
    'the account is locked. prompt the user to visit the institution site to unlock their account',
    'Your bank has locked this login. Unlock it on the website of your bank.',
  ],
  INVALID_CREDENTIALS: [
    'ITEM_ERROR',
    'the provided credentials were not correct',
    'The user name or password is not right. Check them and try again.',
  ],
  INVALID_MFA: [
    'ITEM_ERROR',
    'the provided MFA response(s) were not correct',
    'The answer is not right. Try again.',
  ],
  NO_ACCOUNTS: [
    'ITEM_ERROR',
    'no valid accounts were found for this item',
    'This login has no account that could be linked.',
  ],
  USER_SETUP_REQUIRED: [
    'ITEM_ERROR',
    'the account has not been fully set up. prompt the user to visit the institution site',
    'Your bank wants something of you first. Sign in on the website of your bank.',
  ],
  USER_PERMISSION_REVOKED: [
    'ITEM_ERROR',
    'the holder of this account has revoked their permission for your application to access it',
    null,
  ],
  PRODUCT_NOT_READY: [
    'ITEM_ERROR',
    'the requested product is not yet ready. please provide a webhook or try the request again later',
    null,
  ],
  PRODUCTS_NOT_SUPPORTED: [
    'ITEM_ERROR',
    'the following products are not supported by this institution without micro-deposits: auth',
    'This bank cannot be linked in this way.',
  ],
  INSTITUTION_DOWN: [
    'INSTITUTION_ERROR',
    'this institution is not currently responding to this request. please try again soon',
    'Your bank does not answer. Try again later.',
  ],
  INSTITUTION_NOT_RESPONDING: [
    'INSTITUTION_ERROR',
    'this institution is not currently responding to this request. please try again soon',
    'Your bank does not answer. Try again later.',
  ],
} as const satisfies Record<string, readonly [type: string, message: string, display: string | null]>

/** Something that can be wrong with an item, or with an attempt to link one. */
export type TroubleCode = keyof typeof CATALOGUE

export function isTroubleCode(text: string): text is TroubleCode {
  return Object.hasOwn(CATALOGUE, text)
}

/** An error as the API shows it, also inside items, sessions and webhooks. */
export type ErrorBody = {
  error_type: string
  error_code: string
  error_message: string
  display_message: string | null
  request_id?: string
  status?: number
}

export function troubleBody(code: TroubleCode): ErrorBody {
  const [type, message, display] = CATALOGUE[code]
  return { error_type: type, error_code: code, error_message: message, display_message: display }
}

/** A refusal in the API's own shape; it undoes the request. */
export class PlaidRefusal extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, body: ErrorBody) {
    super(body.error_message)
    this.status = status
    this.body = body
  }
}

/** 400: the bank's login is in trouble. */
export function troubled(code: TroubleCode): PlaidRefusal {
  return new PlaidRefusal(400, troubleBody(code))
}

/** The request as such is wrong, by default with status 400. */
export function badRequest(code: string, message: string, status = 400): PlaidRefusal {
  return refusal('INVALID_REQUEST', code, message, status)
}

/** 400: a value in the request names nothing, or nothing any more. */
export function badInput(code: string, message: string): PlaidRefusal {
  return refusal('INVALID_INPUT', code, message, 400)
}

/** 400: a control of the provider's own sandbox cannot do this. */
export function badSandboxRequest(code: string, message: string): PlaidRefusal {
  return refusal('SANDBOX_ERROR', code, message, 400)
}

function refusal(type: string, code: string, message: string, status: number): PlaidRefusal {
  return new PlaidRefusal(status, {
    error_type: type,
    error_code: code,
    error_message: message,
    display_message: null,
  })
}
