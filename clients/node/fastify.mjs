import implementation from './lib/web/fastify.cjs'

export default implementation
export const { mvpAuth, authRoutes, errorHandler, requireAuth, routeGroups } = implementation
