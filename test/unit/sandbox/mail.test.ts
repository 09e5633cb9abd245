import { expect, test } from 'vitest'
import { parseMail, textOf } from '#scripts/sandbox/mail/mime.ts'
import { sanitiseHtml } from '#scripts/sandbox/mail/sanitise.ts'

function message(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'utf8')
}

test('nested parts, transfer encodings and character sets are read', () => {
  const { headers, parts } = parseMail(
    message(
      'Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IOKAkyBoZWxsbw==?=',
      'Content-Type: multipart/mixed;',
      ' boundary="outer"',
      '',
      'preamble',
      '--outer',
      'Content-Type: multipart/alternative; boundary=inner',
      '',
      '--inner',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Gr=FC=DFe, a soft=',
      ' break',
      '--inner',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<p>Grüße</p>').toString('base64'),
      '--inner--',
      '--outer',
      "Content-Disposition: attachment; filename*0*=utf-8''Quit; filename*1*=tung%20%C3%BC.pdf",
      'Content-Type: application/pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERg==',
      '--outer--',
    ),
  )
  expect(headers.get('subject')).toBe('Grüße – hello')
  expect(parts.map((part) => part.contentType)).toEqual(['text/plain', 'text/html', 'application/pdf'])
  expect(parts.slice(0, 2).map(textOf)).toEqual(['Grüße, a soft break', '<p>Grüße</p>'])
  expect(parts[2]).toMatchObject({
    filename: 'Quittung ü.pdf',
    isAttachment: true,
    content: Buffer.from('%PDF'),
  })
})

test.each([
  ['<b>x</b><br>', '<b>x</b><br>'],
  ['a &lt; b &amp; c', 'a &lt; b &amp; c'],
  ['<script>alert(1)</script>x', 'x'],
  ['<scr<script>x</script>ipt>alert(1)', 'alert(1)'],
  ['<img src=x onerror=alert(1)>', '<img>'],
  ['<a href="java&#115;cript:x">y</a>', '<a target="_blank" rel="noopener noreferrer">y</a>'],
  ['<p style="background:url(http://t.example)">x</p>', '<p>x</p>'],
  ["<p title='\"><script>x</script>'>y</p>", '<p title="&quot;&gt;">y</p>'],
  ['<!-- <b> -->x<!doctype html>', 'x'],
  ['<iframe src="http://t.example"></iframe><object data=x>', ''],
  ['<script>never closed', ''],
  ['1 < 2 <unknown>z', '1 &lt; 2 z'],
])('%s is made harmless', (source, expected) => {
  expect(sanitiseHtml(source)).toBe(expected)
})
