import { createContext, type RouterContext } from 'react-router'

/** What the HTTP server knows about one request before any route runs. */
export type RequestInfo = {
  /** Names this request in the log and, as support reference, on an error page. */
  requestId: string
  /** The nonce of this response's content policy; undefined where no policy is sent (tests, tools). */
  nonce: string | undefined
  /** IP address of the browser, read through the trusted proxies only; empty where unknown. */
  clientAddress: string
}

/** The key under which the HTTP server puts the RequestInfo into the load context of loaders and actions. */
export const requestInfo: RouterContext<RequestInfo> = createContext<RequestInfo>({
  requestId: '',
  nonce: undefined,
  clientAddress: '',
})
