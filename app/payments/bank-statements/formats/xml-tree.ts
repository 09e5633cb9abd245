/**
 * XML without the parts that make it dangerous: no document type, no entities beyond the five of XML itself, nothing fetched,
 * bounded depth. What a caller has read can be dropped while the rest still comes.
 */
import { SaxesParser } from 'saxes'
import { StatementUnreadable } from '#app/payments/bank-statements/bank-statement.ts'

export type XmlNode = {
  /** Without its namespace prefix. */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlNode[]
  text: string
}

const DEEPEST = 40

/**
 * Reads a document and gives each element to `onClose` as it ends; one for which that answers true is dropped from the tree.
 * Answers the root. Throws StatementUnreadable.
 */
export function readXml(
  document: string,
  onClose: (node: XmlNode, parent: XmlNode | undefined) => boolean,
): XmlNode {
  const parser = new SaxesParser()
  const open: XmlNode[] = []
  let root: XmlNode | undefined
  parser.on('error', (error) => {
    throw new StatementUnreadable(`This is not well-formed XML: ${error.message.slice(0, 200)}`)
  })
  parser.on('doctype', () => {
    throw new StatementUnreadable(
      'The file brings a document type of its own, which no bank statement needs. It was not read.',
    )
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEEPEST)
      throw new StatementUnreadable('The elements of the file are nested too deeply.')
    const node: XmlNode = { name: name.replace(/^.*:/, ''), attributes, children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
    root ??= node
  })
  const addText = (text: string): void => {
    const node = open.at(-1)
    if (node !== undefined) node.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const node = open.pop()
    const parent = open.at(-1)
    if (node !== undefined && onClose(node, parent)) parent?.children.pop()
  })
  parser.write(document).close()
  if (root === undefined) throw new StatementUnreadable('The file holds no statement.')
  return root
}

/** The first element down a path of names, or undefined. */
export function find(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>(
    (at, name) => at?.children.find((child) => child.name === name),
    node,
  )
}

/** All children of that name. */
export function all(node: XmlNode | undefined, name: string): XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? []
}

/** The trimmed text of the element down a path; empty when there is none. */
export function textAt(node: XmlNode | undefined, ...path: readonly string[]): string {
  return find(node, ...path)?.text.trim() ?? ''
}
