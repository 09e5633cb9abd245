import type { ReactNode } from 'react'
import { Link, NavLink } from 'react-router'
import { LogoMark } from './logo-mark.tsx'
import type { Theme } from './theme.ts'
import { ThemeSwitch } from './theme-switch.tsx'

/** A place in the main navigation. `exact` marks it as current only on its own address, not below it. */
export type NavItem = { to: string; label: string; exact?: boolean }

/** The frame around every page: masthead with name, navigation and tools; main part; footer. */
export function Frame({
  name,
  home,
  nav = [],
  tools,
  footerLinks,
  theme,
  narrow = false,
  children,
}: {
  name: string
  home: string
  nav?: readonly NavItem[]
  tools?: ReactNode
  footerLinks: readonly NavItem[]
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
          {nav.length > 0 && (
            <nav className="nav" aria-label="Main">
              {nav.map((item) => (
                <NavLink key={item.to} to={item.to} end={item.exact === true}>
                  {item.label}
                </NavLink>
              ))}
            </nav>
          )}
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
