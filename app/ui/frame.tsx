import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { LogoMark } from './logo-mark.tsx'
import type { Theme } from './theme.ts'
import { ThemeSwitch } from './theme-switch.tsx'

/**
 * A place in the main navigation. `exact` marks it as current only on its own address, not below it; `also` names further
 * addresses that belong to it, with all below them.
 */
export type NavItem = { to: string; label: string; exact?: boolean; also?: readonly string[] }

/** Whom the reader asks, at the same place on every page. */
export type Help = { email: string; phone: string | null }

/** The frame around every page: masthead with name, navigation and tools; main part; footer. */
export function Frame({
  name,
  home,
  nav = [],
  tools,
  footerLinks,
  help,
  theme,
  narrow = false,
  children,
}: {
  name: string
  home: string
  nav?: readonly NavItem[]
  tools?: ReactNode
  footerLinks: readonly NavItem[]
  help?: Help | undefined
  theme: Theme
  narrow?: boolean
  children: ReactNode
}): ReactNode {
  return (
    <div className="frame">
      <header className="masthead">
        <div className="frame__inner">
          <div className="masthead__top">
            <Link to={home} className="brand">
              <LogoMark />
              {name}
            </Link>
            {tools && <div className="masthead__tools">{tools}</div>}
          </div>
          {nav.length > 0 && <MainNav items={nav} />}
        </div>
      </header>
      <main
        id="main"
        tabIndex={-1}
        className={narrow ? 'frame__inner frame__main frame__main--narrow' : 'frame__inner frame__main'}
      >
        {children}
      </main>
      <footer className="footer">
        <div className="frame__inner footer__line">
          <ul className="footer__links">
            {help && (
              <li>
                Questions? <a href={`mailto:${help.email}`}>{help.email}</a>
                {help.phone && (
                  <>
                    {' '}
                    or <a href={`tel:${help.phone.replaceAll(' ', '')}`}>{help.phone}</a>
                  </>
                )}
              </li>
            )}
            {footerLinks.map((item) => (
              <li key={item.to}>
                <Link to={item.to}>{item.label}</Link>
              </li>
            ))}
          </ul>
          <ThemeSwitch current={theme} />
        </div>
      </footer>
    </div>
  )
}

function MainNav({ items }: { items: readonly NavItem[] }): ReactNode {
  const { pathname } = useLocation()
  return (
    <nav className="nav" aria-label="Main">
      {items.map((item) => (
        <Link key={item.to} to={item.to} aria-current={isAt(item, pathname) ? 'page' : undefined}>
          {item.label}
        </Link>
      ))}
    </nav>
  )
}

function isAt({ to, exact = false, also = [] }: NavItem, pathname: string): boolean {
  if (exact && pathname === to) return true
  return [...(exact ? [] : [to]), ...also].some((path) => `${pathname}/`.startsWith(`${path}/`))
}
