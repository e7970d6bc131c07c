# SPDX-License-Identifier: MIT
# A layer that is added but not switched on is most often a mistake.
addhandler mcapi_sanity_check
mcapi_sanity_check[doc] = "Warn if DISTRO_FEATURES lacks mcapi"
mcapi_sanity_check[eventmask] = "bb.event.SanityCheck"
python mcapi_sanity_check() {
    if bb.utils.contains('DISTRO_FEATURES', 'mcapi', True, False, d):
        return
    if bb.utils.to_boolean(d.getVar('SKIP_META_MCAPI_SANITY_CHECK')):
        return
    bb.warn(
        'meta-mcapi is in BBLAYERS, but DISTRO_FEATURES has no "mcapi": kernels are configured '
        'without what the MCAPI driver needs. Add DISTRO_FEATURES:append = " mcapi", or set '
        'SKIP_META_MCAPI_SANITY_CHECK = "1" if that is what you want. '
        'docs/adding-to-a-distro.md of the repository has the rest.'
    )
}
