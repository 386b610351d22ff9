import implementation from './lib/web/express.cjs'

export const { authRouter, errorHandler, requireAuth, routeGroups } = implementation
