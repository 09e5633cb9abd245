import { reactRouter } from '@react-router/dev/vite'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [reactRouter()],
  build: {
    target: 'baseline-widely-available',
    // Fonts and marks stay files of their own: data: addresses are not allowed by the content policy.
    assetsInlineLimit: 0,
  },
})
