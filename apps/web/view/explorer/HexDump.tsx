/** Bytes as offset, hex and text, eight to a line. */
const PER_LINE = 8

export function HexDump({ bytes }: { bytes: Uint8Array }) {
  return (
    <pre className="font-mono text-label leading-4.5 text-mute" data-testid="detail-bytes">
      {linesOf(bytes).map((line) => (
        <span key={line.offset} className="block">
          <span className="text-faint">{line.offset}</span>
          {'  '}
          <span className="text-ink">{line.hex}</span>
          {'  '}
          {line.text}
        </span>
      ))}
    </pre>
  )
}

function linesOf(bytes: Uint8Array): { offset: string; hex: string; text: string }[] {
  const lines: { offset: string; hex: string; text: string }[] = []
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    lines.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: hex.padEnd(PER_LINE * 3 - 1),
      text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    })
  }
  return lines
}
